import type { SyncTransaction } from './plan-transactions.ts';

/** Tables up to this size share round trips with others. */
const smallBytes = 1024 * 1024;
const sharedBytes = 4 * 1024 * 1024;
/** A server's lock table has room for it, even with default settings. */
const sharedTables = 64;

/**
 * What the workers take in turn: transactions of small tables are done as one, as long as nothing of them fails. If something does, each of them is done again
 * by itself, so that only the table that fails keeps its old rows.
 */
export function shareTransactions(transactions: readonly SyncTransaction[]): readonly (readonly SyncTransaction[])[] {
  const shares: SyncTransaction[][] = [];
  let open: SyncTransaction[] = [];
  let [tables, bytes] = [0, 0];
  for (const transaction of transactions) {
    const size = transaction.tasks.reduce((sum, { from }) => sum + from.bytes, 0);
    if (size > smallBytes) {
      shares.push([transaction]);
      continue;
    }
    if (open.length === 0 || tables + transaction.tasks.length > sharedTables || bytes + size > sharedBytes) {
      open = [];
      shares.push(open);
      [tables, bytes] = [0, 0];
    }
    open.push(transaction);
    tables += transaction.tasks.length;
    bytes += size;
  }
  return shares;
}

/** Several as one. */
export function joined(transactions: readonly SyncTransaction[]): SyncTransaction {
  return { tasks: transactions.flatMap(({ tasks }) => tasks), deferred: transactions.flatMap(({ deferred }) => deferred) };
}
