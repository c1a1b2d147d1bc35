import type { Duplex } from 'node:stream';
import type { Context, Listener } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { loopback } from './exchange.ts';

/**
 * The near end of a tunnel: a port of 127.0.0.1 that is ours for as long as the tunnel lasts, whatever becomes of the ways behind it. Were it the way's own, any
 * program of this machine could take it while a broken way is opened again, and be taken for production.
 */
export class Front implements AsyncDisposable {
  /** When bytes last came from the far end, by the clock of `performance`. */
  heardAt = 0;
  readonly #context: Context;
  readonly #closing = new AbortController();
  readonly #ends = new Set<() => void>();
  #listener: Listener | undefined;
  #leadsTo: number | 'nowhere' | undefined;
  #change = Promise.withResolvers<void>();

  private constructor(context: Context) {
    this.#context = context;
  }

  static async open(context: Context): Promise<Result<Front>> {
    const front = new Front(context);
    const listening = await context.edge.system.listen((near) => void front.#receive(near));
    if (!listening.ok) return listening;
    front.#listener = listening.value;
    return ok(front);
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** Connections go to this port from now on; those that wait, too. */
  leadTo(port: number): void {
    this.#set(port);
  }

  /** The way is gone: its connections end, and new ones wait for the next way for as long as their makers have patience. */
  cut(): void {
    this.#set(undefined);
    for (const end of this.#ends) end();
  }

  /** There will be no other way: whoever waits, and whoever comes, is turned away. */
  giveUp(): void {
    this.cut();
    this.#set('nowhere');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.giveUp();
    await this.#listener?.close();
  }

  #set(leadsTo: number | 'nowhere' | undefined): void {
    this.#leadsTo = leadsTo;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async #receive(near: Duplex): Promise<void> {
    near.on('error', () => {});
    const left = new Promise<void>((resolve) => near.once('close', resolve));
    while (this.#leadsTo !== 'nowhere' && !near.destroyed) {
      const changed = this.#change.promise;
      const port = this.#leadsTo;
      const far = port === undefined ? undefined : await this.#context.edge.postgres.openWire(loopback(port), this.#closing.signal);
      const isCurrent = port === this.#leadsTo && !near.destroyed;
      if (far?.ok && isCurrent) return this.#join(near, far.value);
      if (far?.ok) far.value.destroy();
      // Nobody listens there any more: that the way is gone will be known in a moment.
      if (isCurrent) await Promise.race([changed, left]);
    }
    near.destroy();
  }

  #join(near: Duplex, far: Duplex): void {
    const end = () => {
      near.destroy();
      far.destroy();
    };
    this.#ends.add(end);
    far
      .on('error', () => {})
      .on('data', () => {
        this.heardAt = performance.now();
      });
    // What ended in order is let out by `pipe`, with all that came before; what broke takes the other side along.
    far.once('close', () => {
      if (!far.readableEnded) near.destroy();
    });
    near.once('close', () => {
      far.destroy();
      this.#ends.delete(end);
    });
    near.pipe(far);
    far.pipe(near);
  }
}
