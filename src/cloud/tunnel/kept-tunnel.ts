import { setTimeout as delay } from 'node:timers/promises';
import type { Tunnel } from '../../core/cloud.ts';
import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Endpoint, TunnelPace, Way, WayMaker } from './endpoint.ts';
import { exchange } from './exchange.ts';
import type { Front } from './front.ts';
import { endPrograms, removeTunnel } from './remove-tunnel.ts';

/** Exchanges that fail in a row until a way counts as broken: a link that is full may be late with one. */
const mostSilent = 3;

export interface KeptTunnelParts {
  readonly context: Context;
  readonly maker: WayMaker;
  readonly front: Front;
  readonly resource: Resource;
  readonly destination: string;
  readonly pace: TunnelPace;
}

/** An open tunnel, which is kept so until it is disposed of: a quiet way is spoken through now and then, a broken one is opened again. */
export class KeptTunnel implements Tunnel {
  readonly kind: 'ssm' | 'ssh';
  readonly host = '127.0.0.1';
  readonly port: number;
  failure: Failure | undefined;
  readonly #parts: KeptTunnelParts;
  readonly #closing = new AbortController();
  readonly #kept: Promise<void>;
  #closed: Promise<void> | undefined;
  /** Whether the far server answers exchanges at all: where it doesn't, their silence says nothing. */
  readonly #answers: boolean;

  constructor(parts: KeptTunnelParts, way: Way, answers: boolean) {
    this.kind = parts.maker.kind;
    this.port = parts.front.port;
    this.#parts = parts;
    this.#answers = answers;
    this.#kept = this.#keep(way);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { context, front, resource } = this.#parts;
    this.#closing.abort();
    await this.#kept;
    await front[Symbol.asyncDispose]();
    // What it can't end stays in the ledger, and was told as an event.
    await removeTunnel(context, resource);
  }

  async #keep(first: Way): Promise<void> {
    const { maker, front, destination, pace, context } = this.#parts;
    const tell = (what: 'broke' | 'opened-again' | 'given-up', why?: Failure) =>
      context.emit({ type: 'tunnel', what, kind: maker.kind, destination, ...(why === undefined ? {} : { failure: why }) });
    let way = first;
    let reopened = 0;
    for (;;) {
      const openedAt = performance.now();
      const broken = await this.#untilBroken(way);
      if (broken === undefined) return;
      front.cut();
      tell('broke', broken);
      if (performance.now() - openedAt > pace.openMs) reopened = 0;
      let last = broken;
      for (;;) {
        if (reopened === pace.reopenings) {
          const times = `it was opened again ${pace.reopenings} times`;
          this.failure = failure(last.code, `the tunnel to ${destination} by ${maker.through} is given up, ${times}: ${last.message}`, { cure: last.cure });
          front.giveUp();
          tell('given-up', this.failure);
          return;
        }
        if (!(await this.#pause(pace.pauseMs * 2 ** reopened++))) return;
        const next = await this.#reopen();
        if (this.#closing.signal.aborted) return;
        if (next.ok) {
          way = next.value;
          break;
        }
        last = next.failure;
      }
      front.leadTo(way.port);
      tell('opened-again');
    }
  }

  /** Resolves with the reason when the way is gone; with nothing when the tunnel is closed. */
  async #untilBroken(way: Way): Promise<Failure | undefined> {
    const { front, pace, context, destination } = this.#parts;
    const { signal } = this.#closing;
    let silent = 0;
    while (!signal.aborted) {
      const since = performance.now();
      const ended = await Promise.race([way.over, this.#pause(pace.keepAliveMs)]);
      if (typeof ended !== 'boolean') return ended;
      // Whoever is at work speaks enough.
      if (front.heardAt > since) silent = 0;
      else {
        const heard = await exchange(context, way.port, pace.exchangeMs, signal);
        silent = heard === 'answered' || !this.#answers ? 0 : silent + 1;
      }
      if (silent < mostSilent) continue;
      return way.problem() ?? failure('tunnel-lost', `nothing came through the tunnel to ${destination} any more`, { object: destination });
    }
    return undefined;
  }

  async #reopen(): Promise<Result<Way>> {
    const { context, maker, resource, pace, destination } = this.#parts;
    const { signal } = this.#closing;
    await endPrograms(context, resource);
    const begun = await maker.begin(resource, signal).catch((error: unknown) => {
      // No room for the ledger's line now may be there at the next try.
      if (error instanceof FailureError) return fail(error.failure);
      throw error;
    });
    if (!begun.ok) return begun;
    const way = begun.value;
    // Log-ins are their makers' business; that bytes of the far server come is enough.
    const until = performance.now() + pace.openMs;
    while (this.#answers && !signal.aborted) {
      const heard = await Promise.race([way.over, exchange(context, way.port, pace.exchangeMs, signal)]);
      if (heard === 'answered') break;
      if (typeof heard !== 'string') return fail(heard);
      if (performance.now() > until) {
        return fail(way.problem() ?? failure('tunnel-timed-out', `nothing came through the tunnel to ${destination} in time`, { object: destination }));
      }
      await this.#pause(Math.min(pace.pauseMs, 1_000));
    }
    return ok(way);
  }

  /** False when the tunnel is closed meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    return await delay(ms, true, { signal: this.#closing.signal, ref: false }).catch(() => false);
  }
}

/** `host:port`. */
export function showEndpoint({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}
