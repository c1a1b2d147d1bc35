import type { Tunnel, TunnelWish } from '../../core/cloud.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * Asks the server behind a tunnel something that only it can answer: `select 1` with the real name, user and TLS of the destination, by `Address.hostAddress`.
 * Its failures other than `source-unreachable` (a password, a certificate) show that the way is open: they are handed on as they are.
 */
export type ProveReady = (at: Endpoint) => Promise<Result<void>>;

/** Milliseconds and numbers; for tests, and for networks that are slower than ours. */
export interface TunnelPace {
  /** Until the way must have been proven, once it was begun. */
  readonly openMs: number;
  /** Between two tiny exchanges that keep a quiet session from being taken for an idle one. */
  readonly keepAliveMs: number;
  /** How often a way that broke is opened again, before it is given up; counted anew when it has held for `openMs`. */
  readonly reopenings: number;
  /** Before the first of them; doubled each time. */
  readonly pauseMs: number;
}

/**
 * Opens a way to a server and keeps it open: what breaks is opened again on the same port of 127.0.0.1. Resolves when `proveReady` has answered; a listening
 * port alone proves nothing.
 *
 * @example
 * const opened = await openTunnel(context, wish, { host: 'production.abc.rds.amazonaws.com', port: 5432 }, (at) =>
 *   ping({ ...address, hostAddress: at.host, port: at.port }),
 * );
 */
export async function openTunnel(
  _context: Context,
  wish: TunnelWish,
  destination: Endpoint,
  proveReady: ProveReady,
  _pace: Partial<TunnelPace> = {},
): Promise<Result<Tunnel>> {
  if (wish.kind !== 'direct') return fail(failure('tunnel-failed', `tunnels by ${wish.kind} can't be opened yet`));
  const proven = await proveReady(destination);
  return proven.ok ? ok({ kind: 'direct', ...destination, async [Symbol.asyncDispose]() {} }) : proven;
}
