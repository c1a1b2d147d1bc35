import type { RecordedRun } from '../recording/recorded-run.ts';
import type { ColumnFacts } from '../recording/recording-facts.ts';

export interface RetypedColumn {
  readonly before: ColumnFacts;
  readonly after: ColumnFacts;
}

/** The columns of a table whose type is another one after migrating, and not only called otherwise. */
export function retypedColumns(run: RecordedRun, table: number): readonly RetypedColumn[] {
  const after = run.tableAfter(table)?.columns ?? [];
  return (run.tableBefore(table)?.columns ?? []).flatMap((before) => {
    const same = after.find((column) => column.number === before.number);
    return same === undefined || same.typeKey === before.typeKey ? [] : [{ before, after: same }];
  });
}
