import {
  type LockInterval,
  type LockMode,
  lockModes,
  type RecordedRelation,
  type RecordedStatement,
  type RecordedTransaction,
  type Recording,
} from '../../core/recording.ts';
import { isStrong } from './lock-words.ts';

/**
 * A strong lock on a table of production, from when it was granted to the end of the transaction. The time for which it was waited for is not part of it:
 * others queue behind that as well, but for how long depends on whom the rehearsal let it wait for, and not on the migration.
 */
export interface Hold {
  /** The statement that asked for it. */
  readonly statement: RecordedStatement;
  readonly transaction: number;
  /** The table; of a locked index its table, since whoever plans a query on it locks all its indexes. */
  readonly table: number;
  readonly mode: LockMode;
  readonly fromMs: number;
  readonly toMs: number;
  /** How long that was, without what its transaction waited meanwhile for other locks: that depends on the rehearsal as well. */
  readonly heldMs: number;
  /** The lock itself wasn't seen: these are its widest limits. */
  readonly assumed?: true;
}

/** What of a run is needed in order to tell its locks. */
export interface LockedRun {
  readonly recording: Recording;
  transaction(id: number): RecordedTransaction | undefined;
  relation(oid: number): RecordedRelation | undefined;
  tableOf(oid: number): number;
  isOfProduction(oid: number): boolean;
}

/** All strong locks on what was there before, once for each transaction, table and mode; in the order in which they were granted. */
export function holdsOf(run: LockedRun): readonly Hold[] {
  const holds = new Map<string, Hold>();
  const add = (bare: Omit<Hold, 'heldMs'>) => {
    const hold = { ...bare, heldMs: heldBetween(run, bare) };
    const key = `${hold.transaction} ${hold.table} ${hold.mode}`;
    const known = holds.get(key);
    if (known === undefined || hold.fromMs < known.fromMs) holds.set(key, hold);
  };
  for (const statement of run.recording.statements) {
    for (const { relation, mode, seenBy } of statement.locks ?? []) {
      const table = run.tableOf(relation);
      if (!isStrong(mode) || !run.isOfProduction(table)) continue;
      const interval = run.recording.locks.find((one) => one.relation === relation && one.mode === mode && one.transaction === statement.transaction);
      const endMs = run.transaction(statement.transaction)?.endMs ?? statement.endedMs;
      // Locks last to the end of the transaction, which the protocol tells exactly; what was only sampled may have been let go before.
      const toMs = seenBy === 'sample' ? (interval?.releasedMs ?? endMs) : endMs;
      add({ statement, transaction: statement.transaction, table, mode, fromMs: grantOf(statement, interval), toMs });
    }
  }
  for (const interval of run.recording.locks) {
    const table = run.tableOf(interval.relation);
    // Whoever makes an index locks it, and while nobody sees it nobody waits for that.
    if (!isStrong(interval.mode) || !run.isOfProduction(table) || run.relation(interval.relation)?.existedBefore === false) continue;
    const statement = statementOf(run, interval);
    if (statement === undefined || interval.grantedMs === undefined) continue;
    const transaction = interval.transaction ?? statement.transaction;
    if (holds.has(`${transaction} ${table} ${interval.mode}`)) continue;
    add({ statement, transaction, table, mode: interval.mode, fromMs: interval.grantedMs, toMs: interval.releasedMs });
  }
  return [...holds.values()].toSorted((a, b) => a.fromMs - b.fromMs || a.statement.id - b.statement.id || stronger(a.mode, b.mode));
}

/** A sample sees a lock that had been granted for a while. */
function grantOf({ startedMs, waitedMs }: RecordedStatement, interval: LockInterval | undefined): number {
  return interval?.grantedMs === undefined ? startedMs + (waitedMs ?? 0) : Math.max(startedMs, interval.grantedMs - interval.withinMs);
}

/** How long a lock was held between two moments of its transaction, waits of the transaction left out. */
export function heldBetween(run: LockedRun, { transaction, fromMs, toMs }: Pick<Hold, 'transaction' | 'fromMs' | 'toMs'>): number {
  const during = run.recording.statements.filter((one) => one.transaction === transaction && one.startedMs >= fromMs && one.startedMs < toMs);
  return Math.max(0, toMs - fromMs - during.reduce((sum, { waitedMs }) => sum + (waitedMs ?? 0), 0));
}

/** Negative when `a` is the stronger mode. */
export function stronger(a: LockMode, b: LockMode): number {
  return lockModes.indexOf(b) - lockModes.indexOf(a);
}

/**
 * The statement that a sampled lock is most likely of: the one of its session, and of its transaction where that is known, during which it was there
 * longest. The times of samples are rough, so that a neighbour may have begun just before the lock was last seen.
 */
function statementOf(run: LockedRun, { connection, transaction, requestedMs, releasedMs }: LockInterval): RecordedStatement | undefined {
  const overlapMs = ({ startedMs, endedMs }: RecordedStatement) => Math.min(endedMs, releasedMs) - Math.max(startedMs, requestedMs);
  const [best] = run.recording.statements
    .filter((one) => one.connection === connection && (transaction === undefined || one.transaction === transaction))
    .toSorted((a, b) => overlapMs(b) - overlapMs(a) || a.id - b.id);
  return best;
}
