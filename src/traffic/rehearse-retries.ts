import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import type { RetryRehearsal, TrafficReport } from '../core/traffic.ts';
import { startTraffic, type TrafficOptions } from './start-traffic.ts';

/** How one try of the migrations ended. */
export type Attempt =
  | { readonly kind: 'succeeded' }
  /** lock_not_available: what a retry is for. */
  | { readonly kind: 'lock-timeout' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface RetriesWanted {
  readonly lockTimeoutMs: number;
  /** After the first try. */
  readonly retries: number;
  readonly pauseMs: number;
  /** The clone, fresh, on which nothing was migrated yet; nobody else uses it. */
  readonly traffic: Pick<TrafficOptions, 'admin' | 'application' | 'settings' | 'except' | 'scripts' | 'activity' | 'replay' | 'lastRoundMs'>;
  /** How the migrator logs in there; the address handed to `migrate` is this one with the lock_timeout. */
  readonly migrator: Address;
  /** Runs what is pending, as a deploy would at each try: what an earlier one has applied stays applied. Its expected failures are values. */
  readonly migrate: (migrator: Address) => Promise<Attempt>;
}

/**
 * Finds out by doing it what a lock_timeout with retries would have done: the migrations run on a clone of their own under the same traffic, again after each
 * lock_not_available, until they succeed, fail otherwise, or the tries are used up.
 *
 * Fails with what starting the traffic fails with.
 *
 * @example unwrap(await rehearseRetries(context, { lockTimeoutMs: 500, retries: 5, pauseMs: 1000, traffic, migrator, migrate })).outcome // 'succeeded'
 */
export async function rehearseRetries(
  context: Context,
  wanted: RetriesWanted,
): Promise<Result<{ readonly rehearsal: RetryRehearsal; readonly traffic: TrafficReport }>> {
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const started = await startTraffic(context, { ...wanted.traffic, elapsedMs });
  if (!started.ok) return started;
  await using traffic = started.value;
  const migrator = withLockTimeout(wanted.migrator, wanted.lockTimeoutMs);
  const beganMs = elapsedMs();
  let attempts = 0;
  let last: Attempt;
  do {
    if (attempts > 0) await pause(wanted.pauseMs, context.signal);
    last = await wanted.migrate(migrator);
    attempts++;
  } while (last.kind === 'lock-timeout' && attempts <= wanted.retries && !context.signal.aborted);
  const durationMs = elapsedMs() - beganMs;
  const report = await traffic.stop();
  const [worst] = report.sessions.filter(({ kind }) => kind !== 'long-reader').toSorted((a, b) => b.durations.maxMs - a.durations.maxMs);
  const { lockTimeoutMs, retries, pauseMs } = wanted;
  return ok({
    rehearsal: {
      lockTimeoutMs,
      retries,
      pauseMs,
      outcome: last.kind === 'succeeded' ? 'succeeded' : last.kind === 'lock-timeout' ? 'gave-up' : 'failed',
      attempts,
      ...(last.kind === 'failed' ? { why: last.failure.message } : {}),
      worstStallMs: worst?.durations.maxMs ?? 0,
      ...(worst === undefined ? {} : { worstSession: worst.name }),
      durationMs,
    },
    traffic: report,
  });
}

/**
 * An address whose sessions give up waiting for a lock after this time, unless they say otherwise themselves.
 *
 * @example withLockTimeout(address, 500).options // '-c lock_timeout=500'
 */
export function withLockTimeout(address: Address, lockTimeoutMs: number): Address {
  return { ...address, options: `${address.options ?? ''} -c lock_timeout=${lockTimeoutMs}`.trim() };
}

/** What a failure of the migrations means for a retry; undefined is success. Tools that don't tell the SQLSTATE say it in words. */
export function attemptOf(failure: Failure | undefined): Attempt {
  if (failure === undefined) return { kind: 'succeeded' };
  const timedOut =
    failure.sql === undefined ? /55P03|canceling statement due to lock timeout|LockNotAvailable/.test(failure.message) : failure.sql.sqlstate === '55P03';
  return timedOut ? { kind: 'lock-timeout' } : { kind: 'failed', failure };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
