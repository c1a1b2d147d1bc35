import type { RecordedStatement } from '../../core/recording.ts';
import { type Hold, heldBetween } from '../recording/holds.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showDuration } from '../show-duration.ts';

export interface Prolonging {
  /** For a title. */
  readonly short: string;
  /** A sentence. */
  readonly long: string;
  /** Absent where the client did nothing meanwhile. */
  readonly statement?: RecordedStatement;
}

/** What kept a lock from being let go once its own statement was done: the later statement that took longest, or the client's pauses, if these took longer. */
export function prolongedBy(run: RecordedRun, { statement, heldMs, toMs }: Hold): Prolonging | undefined {
  const later = run.laterInTransaction(statement);
  const rest = heldBetween(run, { transaction: statement.transaction, fromMs: statement.endedMs, toMs });
  if (rest < heldMs / 2) return undefined;
  const [slowest] = later.toSorted((a, b) => durationOf(b) - durationOf(a));
  const idleMs = rest - later.reduce((sum, one) => sum + durationOf(one), 0);
  if (slowest === undefined || idleMs > durationOf(slowest)) {
    return {
      short: `${showDuration(idleMs)} in which the migration tool sent nothing`,
      long: 'The transaction stood open while the migration tool did something else.',
    };
  }
  const where = slowest.place === undefined ? '' : ` (${slowest.place.file}${slowest.place.line === undefined ? '' : `, line ${slowest.place.line}`})`;
  return {
    short: `a later ${slowest.tag ?? 'statement'} in its transaction`,
    long: `${showStatement(slowest)}${where} ran ${showDuration(durationOf(slowest))} of that in the same transaction.`,
    statement: slowest,
  };
}

function durationOf({ startedMs, endedMs, waitedMs = 0 }: RecordedStatement): number {
  return endedMs - startedMs - waitedMs;
}
