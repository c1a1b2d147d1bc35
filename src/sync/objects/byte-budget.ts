/** How many bytes of objects may be in memory at a time. What is larger than all of it goes alone. */
export class ByteBudget {
  readonly #limit: number;
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Waits for room, first come first served, and holds it while `use` runs. */
  async hold<T>(bytes: number, use: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    else this.#used += bytes;
    try {
      return await use();
    } finally {
      this.#used -= bytes;
      for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
        this.#waiting.shift();
        // Taken before it runs on, so that nobody comes in between.
        this.#used += next.bytes;
        next.go();
      }
    }
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#limit;
  }
}
