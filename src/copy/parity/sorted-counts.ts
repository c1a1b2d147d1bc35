import type { TableCount } from '../../core/data.ts';

/** One count a table, by schema and table in byte order: the same list whatever order workers finished in. */
export function sortedCounts(counts: readonly TableCount[]): readonly TableCount[] {
  const byTable = new Map<string, TableCount>();
  for (const count of counts) {
    const key = `${count.schema}\u0000${count.table}`;
    byTable.set(key, { ...count, rows: count.rows + (byTable.get(key)?.rows ?? 0) });
  }
  return [...byTable].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, count]) => count);
}
