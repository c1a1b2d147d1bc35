import type { RecordedStatement, Scan } from '../../core/recording.ts';
import type { Hold } from '../recording/holds.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import { type TableGroup, tablesByRoot } from '../recording/tables-by-root.ts';

export interface LockedScan extends TableGroup<Scan> {
  readonly statement: RecordedStatement;
  readonly hold: Hold;
}

/**
 * Statements that read whole tables of production under a strong lock, whether their own or an earlier statement's. What was read in order to write it
 * anew, or to build an index, is other checks'.
 */
export function lockedScans(run: RecordedRun): readonly LockedScan[] {
  return run.recording.statements.flatMap((statement) =>
    tablesByRoot(run, statement.scans ?? []).flatMap((group) => {
      const written = new Set(statement.rewrites?.map(({ relation }) => run.tableOf(relation)));
      const read = group.parts.filter(({ relation, rowsRead }) => rowsRead > 0 && !written.has(run.tableOf(relation)));
      if (read.length === 0 || buildsIndex(run, statement, group.tables)) return [];
      const hold = run.holdDuring(statement, [group.root, ...group.tables]);
      return hold === undefined ? [] : [{ ...group, statement, hold }];
    }),
  );
}

function buildsIndex(run: RecordedRun, statement: RecordedStatement, tables: readonly number[]): boolean {
  return (statement.created ?? []).some(({ kind, relation }) => kind === 'index' && relation !== undefined && tables.includes(run.tableOf(relation)));
}
