import { type LockInterval, type LockMode, lockModes, type RecordedStatement } from '../../core/recording.ts';
import { isStrong } from './lock-words.ts';
import type { RecordedRun } from './recorded-run.ts';

/** A strong lock on a table of production: from its request, since others queue behind that already, to the end of the transaction. */
export interface Hold {
  /** The statement that asked for it. */
  readonly statement: RecordedStatement;
  readonly transaction: number;
  /** The table; of a locked index its table, since whoever plans a query on it locks all its indexes. */
  readonly table: number;
  readonly mode: LockMode;
  readonly fromMs: number;
  readonly toMs: number;
  /** The lock itself wasn't seen: these are its widest limits. */
  readonly assumed?: true;
}

/** All strong locks on what was there before, once for each transaction, table and mode; in the order in which they were asked for. */
export function holdsOf(run: RecordedRun): readonly Hold[] {
  const holds = new Map<string, Hold>();
  const add = (hold: Hold) => {
    const key = `${hold.transaction} ${hold.table} ${hold.mode}`;
    const known = holds.get(key);
    holds.set(key, known === undefined || hold.fromMs < known.fromMs ? { ...hold, toMs: Math.max(hold.toMs, known?.toMs ?? 0) } : known);
  };
  for (const statement of run.recording.statements) {
    for (const { relation, mode, seenBy } of statement.locks ?? []) {
      const table = run.tableOf(relation);
      if (!isStrong(mode) || !run.isOfProduction(table)) continue;
      const interval = run.recording.locks.find((one) => one.relation === relation && one.mode === mode && one.transaction === statement.transaction);
      const endMs = run.transaction(statement.transaction)?.endMs ?? statement.endedMs;
      // Locks last to the end of the transaction, which the protocol tells exactly; what was only sampled may have been let go before.
      const toMs = seenBy === 'sample' ? (interval?.releasedMs ?? endMs) : endMs;
      add({ statement, transaction: statement.transaction, table, mode, fromMs: Math.max(interval?.requestedMs ?? 0, statement.startedMs), toMs });
    }
  }
  for (const interval of run.recording.locks) {
    const table = run.tableOf(interval.relation);
    if (!isStrong(interval.mode) || !run.isOfProduction(table)) continue;
    const statement = statementOf(run, interval);
    if (statement === undefined) continue;
    const transaction = interval.transaction ?? statement.transaction;
    if (holds.has(`${transaction} ${table} ${interval.mode}`)) continue;
    add({ statement, transaction, table, mode: interval.mode, fromMs: interval.requestedMs, toMs: interval.releasedMs });
  }
  return [...holds.values()].toSorted((a, b) => a.fromMs - b.fromMs || a.statement.id - b.statement.id || stronger(a.mode, b.mode));
}

/** Negative when `a` is the stronger mode. */
export function stronger(a: LockMode, b: LockMode): number {
  return lockModes.indexOf(b) - lockModes.indexOf(a);
}

/** The statement that was running on the connection when a sampled lock was first seen. */
function statementOf(run: RecordedRun, { connection, requestedMs, withinMs }: LockInterval): RecordedStatement | undefined {
  return run.recording.statements.findLast((one) => one.connection === connection && one.startedMs <= requestedMs + withinMs);
}
