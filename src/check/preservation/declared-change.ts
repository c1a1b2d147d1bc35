import type { ContentChange } from '../../config/schema.ts';
import { namesTable } from '../names-table.ts';
import type { ColumnFate } from './follow-columns.ts';

/** What the team says may happen to values. */
export interface DeclaredContentChange extends ContentChange {
  /** Where it is written, if not in the configuration: `migrations/0002_tidy.sql:3`. */
  readonly by?: string;
}

/** The first declaration that means a column, by its names of before or of after. */
export function declarationOf(declared: readonly DeclaredContentChange[], { table, column, to }: ColumnFate): DeclaredContentChange | undefined {
  return declared.find((one) => {
    const isMeant = namesTable(one.table, table) || (to !== undefined && namesTable(one.table, to.table));
    return isMeant && (one.columns === undefined || one.columns.includes(column.name) || (to !== undefined && one.columns.includes(to.column.name)));
  });
}
