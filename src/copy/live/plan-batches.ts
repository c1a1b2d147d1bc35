import type { CopyTable } from './table-list.ts';

/** Tables up to this size share round trips and transactions with others. */
const smallBytes = 1024 * 1024;
const batchBytes = 4 * 1024 * 1024;
/** A target's lock table has room for it, even one with default settings. */
const tablesInBatch = 64;

/**
 * What the workers take in turn, the largest first, so that no worker is left alone with the longest one: a large table by itself, small ones
 * together. Empty tables are left out.
 *
 * @param tables sorted by size, the largest first.
 */
export function planBatches(tables: readonly CopyTable[]): readonly (readonly CopyTable[])[] {
  const batches: CopyTable[][] = [];
  let open: CopyTable[] = [];
  let openBytes = 0;
  for (const table of tables) {
    if (table.isEmpty) continue;
    if (table.sizeBytes > smallBytes) {
      batches.push([table]);
      continue;
    }
    if (open.length === tablesInBatch || openBytes + table.sizeBytes > batchBytes) open = [];
    if (open.length === 0) {
      batches.push(open);
      openBytes = 0;
    }
    open.push(table);
    openBytes += table.sizeBytes;
  }
  return batches;
}
