import type { ForeignKey, Table } from './read-tables.ts';

/** A table, and which of its foreign keys can be filled at once: the others point to tables that come later, in a ring. */
export interface Step {
  readonly table: Table;
  readonly now: readonly ForeignKey[];
  /** Filled by an update once all tables have rows; until then null. */
  readonly later: readonly ForeignKey[];
}

/**
 * Referenced tables before those that refer to them. In a ring, a table whose remaining references may all be null goes first; when none may,
 * the first by name does, and its rows will be refused unless the constraint is deferrable.
 */
export function orderTables(tables: readonly Table[]): readonly Step[] {
  const waiting = new Map(tables.map((table) => [table.name, table]));
  const steps: Step[] = [];
  while (waiting.size > 0) {
    const candidates = [...waiting.values()];
    const open = (table: Table) => table.foreignKeys.filter((key) => key.target !== table.name && waiting.has(key.target));
    const next =
      candidates.find((table) => open(table).length === 0) ?? candidates.find((table) => open(table).every((key) => mayBeNull(table, key))) ?? candidates[0];
    if (next === undefined) break;
    const later = open(next);
    steps.push({ table: next, later, now: next.foreignKeys.filter((key) => !later.includes(key)) });
    waiting.delete(next.name);
  }
  return steps;
}

export function mayBeNull(table: Table, key: ForeignKey): boolean {
  return key.columns.some((name) => table.columns.find((column) => column.name === name)?.notNull === false);
}
