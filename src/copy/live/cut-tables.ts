import type { CopyTable } from './table-list.ts';

/** Fewer writers don't make up for what one has that fills the table in the transaction that emptied it: no log, and rows that are settled. */
const fewestJobs = 4;
const worthCuttingBytes = 1024 ** 3;

/**
 * Cuts a table that would keep one worker busy long after the others have ended into ranges of its pages, one for each worker. Together they are
 * all of its rows and none twice, whatever its size has become since: the ranges touch, and the last has no end. Before PostgreSQL 14 a range of
 * pages means reading the whole table, so nothing is cut.
 *
 * @param leastBytes from which size on a table is cut at all.
 */
export function cutTables(tables: readonly CopyTable[], jobs: number, serverVersionNum: number, leastBytes: number = worthCuttingBytes): readonly CopyTable[] {
  if (jobs < fewestJobs || serverVersionNum < 140_000) return tables;
  const share = tables.reduce((sum, table) => sum + table.sizeBytes, 0) / jobs;
  const isCut = (table: CopyTable) =>
    table.sizeBytes >= leastBytes &&
    table.sizeBytes > share &&
    table.pages >= jobs &&
    table.extensionCondition === null &&
    table.loadThrough === null &&
    table.columns.length > 0;
  return tables.flatMap((table) => (isCut(table) ? cut(table, jobs) : [table])).toSorted((left, right) => right.sizeBytes - left.sizeBytes);
}

function cut(table: CopyTable, count: number): readonly CopyTable[] {
  const border = (place: number) => Math.floor((table.pages * place) / count);
  return Array.from({ length: count }, (_, place) => ({
    ...table,
    estimatedRows: table.estimatedRows / count,
    sizeBytes: table.sizeBytes / count,
    range: { ...(place === 0 ? {} : { from: border(place) }), ...(place === count - 1 ? {} : { to: border(place + 1) }) },
  }));
}
