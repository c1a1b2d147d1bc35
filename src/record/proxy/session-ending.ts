/** How a session came to its end: who went first, and whether it had said so. */
export class SessionEnding {
  #first: 'client' | 'server' | undefined;
  #terminated = false;
  #loggedIn = false;

  /** The client was let in. */
  loggedIn(): void {
    this.#loggedIn = true;
  }

  /** The client took its leave. */
  terminated(): void {
    this.#terminated = true;
  }

  clientWent(): void {
    if (!this.#terminated) this.#first ??= 'client';
  }

  serverWent(): void {
    this.#first ??= this.#terminated ? 'client' : 'server';
  }

  get word(): 'closed' | 'client-vanished' | 'server-lost' | 'refused' {
    if (this.#terminated) return 'closed';
    if (this.#first === 'client') return 'client-vanished';
    return this.#loggedIn ? 'server-lost' : 'refused';
  }
}
