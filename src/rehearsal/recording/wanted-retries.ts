import { showDuration } from '../../check/show-duration.ts';
import type { Settings } from '../../config/schema.ts';
import type { RetryRehearsal } from '../../core/traffic.ts';
import type { Seen } from './under-recorder.ts';

/** What is tried where the team said nothing: long enough for locks of everyday statements, short enough that nobody notices the queue. */
const usual = { lockTimeoutMs: [500], retries: 5, pauseMs: 1_000 } as const;
/** Migrations that take longer than this aren't run again by themselves, in milliseconds. */
const usualPatienceMs = 120_000;

/** A way of deploying that is to be rehearsed. */
export interface WantedRetries {
  readonly lockTimeoutMs: readonly number[];
  readonly retries: number;
  readonly pauseMs: number;
  readonly because: NonNullable<RetryRehearsal['because']>;
}

/**
 * Whether a lock_timeout with retries is rehearsed, and which: the team's own, or a usual one where there is something to gain, since somebody was stalled behind a
 * migration that waited itself, or since the migrations' own lock_timeout ended them. A text says why it isn't, though it was asked for or could help. Pure.
 *
 * @param seen of the migrations as they went through; absent where nothing was recorded
 * @param gaveUp whether their own lock_timeout ended an earlier try of them
 */
export function wantedRetries(
  { traffic, record }: Pick<Settings, 'traffic' | 'record'>,
  seen: Pick<Seen, 'recording' | 'traffic'> | undefined,
  gaveUp: boolean,
): WantedRetries | string | undefined {
  const { retries: asked } = traffic;
  if (asked === 'off') return undefined;
  if (!traffic.enabled || seen === undefined)
    return asked === undefined ? undefined : 'without the flight recorder and its traffic nobody holds a lock (record.enabled, traffic.enabled)';
  if (asked !== undefined) return { ...asked, because: 'asked' };
  const { stallMs } = record.limits;
  const queued = seen.traffic?.stalls.some(({ fromMs, toMs, queuedMs = 0 }) => toMs - fromMs >= stallMs && queuedMs >= stallMs) ?? false;
  if (!gaveUp && !queued) return undefined;
  const { endedMs } = seen.recording;
  if (endedMs > usualPatienceMs)
    return `A lock_timeout with retries could help. It isn’t rehearsed by itself, since the migrations took ${showDuration(endedMs)}: set traffic.retries`;
  return { ...usual, because: gaveUp ? 'lock-timeout' : 'queued' };
}
