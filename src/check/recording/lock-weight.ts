import { showBytes } from '../show-bytes.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import type { Hold } from './holds.ts';
import { showMode, stoppedBy } from './lock-words.ts';
import type { RecordedRun, Size } from './recorded-run.ts';
import type { Sighting } from './recording-check.ts';

/**
 * How much a lock weighs: by the time for which it was held on data like production's. A small table that was locked briefly weighs nothing; on a larger
 * one even a brief lock is told, since production is busier than a rehearsal.
 */
export function lockWeight(run: RecordedRun, hold: Hold, tables: readonly number[]): Sighting['weight'] | undefined {
  const { longLockMs, briefLockMs } = run.settings.limits;
  const { heldMs } = hold;
  if (heldMs >= longLockMs) return 'full';
  if (run.isSmall(tables)) return undefined;
  return heldMs >= briefLockMs ? 'less' : 'least';
}

/**
 * What the lock means, in a sentence.
 *
 * @example 'For 3.2 s it held SHARE on public.invoice (48,000 rows, 12 MB): every insert, update and delete waited.'
 */
export function lockSentence(run: RecordedRun, hold: Hold, tables: readonly number[] = [hold.table]): string {
  const time = `${hold.assumed === true ? 'at most ' : ''}${showDuration(hold.heldMs)}`;
  const what = `${stoppedBy(hold.mode)} had to wait`;
  return `For ${time} ${showMode(hold.mode)} was held on ${run.nameOf(hold.table)}${showSize(run.sizeOf(tables))}: ${what}.`;
}

/** ` (48,000 rows, 12 MB)`, or nothing where nothing is known. */
export function showSize({ rows, bytes }: Size): string {
  const parts = [...(rows === undefined ? [] : [showCount(Math.round(rows), 'row')]), ...(bytes === undefined ? [] : [showBytes(bytes)])];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
