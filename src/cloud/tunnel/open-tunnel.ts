import { setTimeout as delay } from 'node:timers/promises';
import type { Tunnel, TunnelWish } from '../../core/cloud.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Endpoint, type TunnelPace, usualPace, type Way, type WayMaker } from './endpoint.ts';
import { exchange } from './exchange.ts';
import { Front } from './front.ts';
import { KeptTunnel, showEndpoint } from './kept-tunnel.ts';
import { removeTunnel } from './remove-tunnel.ts';
import { sshWays } from './ssh/ssh-ways.ts';
import { ssmWays } from './ssm/ssm-ways.ts';

/**
 * Asks the server behind a tunnel something that only it can answer: `select 1` with the real name, user and TLS of the destination, by `Address.hostAddress`.
 * Its failures other than `source-unreachable` (a password, a certificate) show that the way is open: they are handed on as they are.
 */
export type ProveReady = (at: Endpoint) => Promise<Result<void>>;

/**
 * Opens a way to a server and keeps it open: what breaks is opened again behind the same port of 127.0.0.1. Resolves when `proveReady` has answered; a listening
 * port alone proves nothing. Whoever opens it disposes of it; after a kill -9 `removeTunnel` does, by the ledger's line.
 *
 * @example
 * const opened = await openTunnel(context, wish, { host: 'production.abc.rds.amazonaws.com', port: 5432 }, (at) =>
 *   ping({ ...address, hostAddress: at.host, port: at.port }),
 * );
 */
export async function openTunnel(
  context: Context,
  wish: TunnelWish,
  destination: Endpoint,
  proveReady: ProveReady,
  pace: Partial<TunnelPace> = {},
): Promise<Result<Tunnel>> {
  if (wish.kind === 'direct') {
    const proven = await proveReady(destination);
    return proven.ok ? ok({ kind: 'direct', ...destination, async [Symbol.asyncDispose]() {} }) : proven;
  }
  const full = { ...usualPace, ...pace };
  const maker = wish.kind === 'ssm' ? ssmWays(context, wish, destination, full) : sshWays(context, wish, destination, full);
  return await openKept(context, maker, destination, proveReady, full);
}

async function openKept(context: Context, maker: WayMaker, destination: Endpoint, proveReady: ProveReady, pace: TunnelPace): Promise<Result<Tunnel>> {
  const far = showEndpoint(destination);
  const opened = await Front.open(context);
  if (!opened.ok) return fail(failure('tunnel-failed', opened.failure.message));
  const front = opened.value;
  const resource = await context.ledger.plan({
    kind: 'tunnel',
    label: `tunnel to ${far} by ${maker.through}`,
    facts: { ...maker.facts, kind: maker.kind, destination: far, port: front.port },
    ...(context.runId === undefined ? {} : { runId: context.runId }),
  });
  context.emit({ type: 'resource', what: 'planned', resource });
  try {
    const opened = await openFirst();
    return opened.ok ? opened : await undo(opened.failure);
  } catch (error) {
    // A session lives at the service whatever went wrong here, such as a full disk under the ledger.
    await undo(failure('tunnel-failed', String(error)));
    throw error;
  }

  async function openFirst(): Promise<Result<Tunnel>> {
    let begun = await maker.begin(resource, context.signal);
    // Each try has a port of its own.
    for (let again = 0; !begun.ok && begun.failure.code === 'tunnel-port-taken' && again < 2; again++) begun = await maker.begin(resource, context.signal);
    if (!begun.ok) return begun;
    const way = begun.value;
    front.leadTo(way.port);
    const unready = await untilReady({ context, front, way, proveReady, pace, far });
    if (unready !== undefined) return fail(unready);
    const answers = (await exchange(context, way.port, pace.exchangeMs, context.signal)) === 'answered';
    context.emit({ type: 'resource', what: 'made', resource });
    context.emit({ type: 'tunnel', what: 'opened', kind: maker.kind, destination: far });
    return ok(new KeptTunnel({ context, maker, front, resource, destination: far, pace }, way, answers));
  }

  async function undo(cause: Failure): Promise<{ readonly ok: false; readonly failure: Failure }> {
    await front[Symbol.asyncDispose]();
    const removed = await removeTunnel(context, resource);
    return fail(removed.ok ? cause : { ...cause, problems: [...(cause.problems ?? []), removed.failure] });
  }
}

interface Waiting {
  readonly context: Context;
  readonly front: Front;
  readonly way: Way;
  readonly proveReady: ProveReady;
  readonly pace: TunnelPace;
  readonly far: string;
}

/** Tries until the server has answered. Gives the reason where it doesn't. */
async function untilReady({ context, front, way, proveReady, pace, far }: Waiting): Promise<Failure | undefined> {
  const { signal } = context;
  const begunAt = performance.now();
  const interrupted = failure('interrupted', 'The run was interrupted while the tunnel was opened.');
  const late = delay(pace.openMs, 'late' as const, { ref: false });
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    if (signal.aborted) return interrupted;
    const proven = await Promise.race([proveReady({ host: '127.0.0.1', port: front.port }), way.over, late]);
    if (proven !== 'late' && 'ok' in proven) {
      if (proven.ok) return undefined;
      if (proven.failure.code !== 'source-unreachable') return proven.failure;
    } else if (proven !== 'late') return proven;
    const elapsedMs = performance.now() - begunAt;
    const problem = way.problem();
    if (problem !== undefined && elapsedMs > pace.refusedMs) return problem;
    if (proven === 'late' || elapsedMs > pace.openMs) {
      return (
        problem ?? failure('tunnel-timed-out', `the tunnel listens, but nothing came through it from ${far} within ${pace.openMs / 1000} s`, { object: far })
      );
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}
