import type { BackfillReport, CostReport, Prediction, Range, Seen } from '../core/cost.ts';
import type { RetryRehearsal } from '../core/traffic.ts';
import { showBytes, showCount, showCountOf, showDuration } from './measures.ts';

/** A range of milliseconds: `1.6 s to 14 s`; one value where both ends look the same. */
export function showRange({ low, high }: Range): string {
  const [from, to] = [showDuration(low), showDuration(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** As showRange, of a prediction. */
export function showWindow({ lowMs, highMs }: Pick<Prediction, 'lowMs' | 'highMs'>): string {
  return showRange({ low: lowMs, high: highMs });
}

/** A sum of bytes; what couldn't be seen of it makes it `at least` so much, and unknown where nothing was seen. */
export function showSeenBytes({ value, complete }: Seen): string {
  if (complete) return showSignedBytes(value);
  return value === 0 ? 'not observed' : `at least ${showSignedBytes(value)}`;
}

/** @example showSignedBytes(-8192) // '−8 kB' */
function showSignedBytes(bytes: number): string {
  return `${bytes < 0 ? '−' : ''}${showBytes(Math.abs(bytes))}`;
}

/** What a standby has to expect, in a few words. */
export const lagWords: Readonly<Record<CostReport['lag']['risk'], string>> = {
  none: 'standbys should keep up',
  possible: 'standbys may fall behind',
  likely: 'standbys will fall behind',
  unknown: 'whether standbys keep up is not known',
};

/** The cost in a sentence without full stop: `3.2 s of work, 41 MB of WAL; in production 1.6 s to 14 s expected; standbys should keep up`. */
export function costSentence({ cost, window, lag }: CostReport): string {
  const parts = [
    `${showDuration(cost.workMs)} of work, ${showSeenBytes(cost.wal)} of WAL`,
    `in production ${showWindow(window)} expected${window.partial === true ? ' up to the error' : ''}, waiting for locks aside`,
    ...(lag.risk === 'none' ? [] : [lagWords[lag.risk]]),
  ];
  return parts.join('; ');
}

/** What a lock_timeout with retries would have done, in a sentence without full stop. */
export function retrySentence({ lockTimeoutMs, outcome, attempts, retries, why, worstStallMs, durationMs, because }: RetryRehearsal): string {
  const ended = {
    succeeded: attempts === 1 ? 'went through at the first try' : `went through at try ${attempts}`,
    'gave-up': `gave up after ${showCountOf(attempts, 'try', 'tries')}`,
    failed: `failed at try ${attempts}${why === undefined ? '' : ` (${why})`}`,
  }[outcome];
  const setting = because === 'lock-timeout' ? `their own lock_timeout, or ${lockTimeoutMs} ms where they set none` : `lock_timeout = ${lockTimeoutMs} ms`;
  return `With ${setting} and ${showCountOf(retries, 'retry', 'retries')} the migrations ${ended}, ${showDuration(durationMs)} in all; the longest stall was ${showDuration(worstStallMs)}`;
}

/** What is expected of a declared backfill, in a sentence without full stop. */
export function backfillSentence({ name, samples, batches, window, error, limitMs }: BackfillReport): string {
  if (error !== undefined) return `The backfill ${name} failed: ${error.message}`;
  if (window === undefined) return `The backfill ${name} has nothing to go through`;
  const slow = samples.filter(({ durationMs }) => durationMs > limitMs).length;
  const over = slow === 0 ? '' : `, ${showCount(slow)} of ${showCount(samples.length)} tried over ${showDuration(limitMs)}`;
  return `The backfill ${name}: ${showWindow(window)} in production for ${showCountOf(batches, 'batch', 'batches')}${over}`;
}
