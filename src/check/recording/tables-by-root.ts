import type { RecordedRun } from './recorded-run.ts';

/** What happened to several tables, as one thing for each partitioned or inherited-from table: it was one statement's work. */
export interface TableGroup<T> {
  /** The table that a person would name. */
  readonly root: number;
  /** The tables themselves: the root or its partitions. */
  readonly tables: readonly number[];
  readonly parts: readonly T[];
}

/** Groups by the uppermost table; only tables that production has already. */
export function tablesByRoot<T extends { readonly relation: number }>(run: RecordedRun, parts: readonly T[]): readonly TableGroup<T>[] {
  const groups = new Map<number, { root: number; tables: Set<number>; parts: T[] }>();
  for (const part of parts) {
    const table = run.tableOf(part.relation);
    if (!run.isOfProduction(table)) continue;
    const root = run.rootOf(table);
    const group = groups.get(root) ?? { root, tables: new Set(), parts: [] };
    groups.set(root, group);
    group.tables.add(table);
    group.parts.push(part);
  }
  return [...groups.values()].map(({ root, tables, parts: all }) => ({ root, tables: [...tables], parts: all }));
}
