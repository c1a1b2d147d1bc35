import type { TableCount } from '../../core/data.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { enumHashTrees } from '../live/table-list.ts';
import { countableTables } from '../parity/countable-tables.ts';
import { sortedCounts } from '../parity/sorted-counts.ts';

/** Every leaf partition under a partitioned table, with the topmost partitioned table that rows could be loaded through. */
const leavesQuery = `
  select n.nspname as "schema", c.relname as "table"
    from pg_catalog.pg_partition_tree($1::regclass) t join pg_catalog.pg_class c on c.oid = t.relid and c.relkind = 'r'
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where t.isleaf
   order by n.nspname collate "C", c.relname collate "C"`;

/** The partitioned tables, and which of them stand for all their leaves when rows are counted. */
const partitionedQuery = `
  with ${enumHashTrees}
  select n.nspname as "schema", c.relname as "table", exists (select from through where through.root = c.oid) as "tree"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'p'
   order by n.nspname collate "C", c.relname collate "C"`;

/**
 * What a dump holds, by the tables that are counted. A dump may load a partitioned table through its root (--load-via-partition-root, plain
 * INSERTs): such a count is replaced by its leaves' counts in the copy, once their sum is shown to be what the dump holds. A table for which
 * the dump has no rows counts as empty.
 */
export async function scriptCounts(session: Session, loaded: readonly TableCount[]): Promise<readonly TableCount[]> {
  let counts = sortedCounts(loaded);
  const partitioned = await session.query<{ schema: string; table: string; tree: boolean }>(partitionedQuery);
  for (const root of partitioned) {
    const through = counts.find((count) => count.schema === root.schema && count.table === root.table);
    if (through === undefined && !root.tree) continue;
    const leaves = await session.query<{ schema: string; table: string }>(leavesQuery, [qualifiedName(root.schema, root.table)]);
    const isLeaf = (count: TableCount) => leaves.some((leaf) => leaf.schema === count.schema && leaf.table === count.table);
    const expected = (through?.rows ?? 0) + counts.filter(isLeaf).reduce((sum, count) => sum + count.rows, 0);
    const there: TableCount[] = [];
    for (const leaf of leaves) {
      const [row] = await session.query<{ rows: string }>(`select pg_catalog.count(*) as rows from only ${qualifiedName(leaf.schema, leaf.table)}`);
      there.push({ ...leaf, rows: Number(row?.rows) });
    }
    const sum = there.reduce((total, count) => total + count.rows, 0);
    if (sum !== expected) {
      const name = qualifiedName(root.schema, root.table);
      throw new FailureError(failure('copy-failed', `${name} holds ${sum} rows in the copy, but ${expected} in the dump.`, { object: name }));
    }
    const byTable = root.tree ? [{ schema: root.schema, table: root.table, rows: sum }] : there;
    counts = sortedCounts([...counts.filter((count) => count !== through && !isLeaf(count)), ...byTable]);
  }
  const held = new Map(counts.map((count) => [qualifiedName(count.schema, count.table), count.rows]));
  const countable = await countableTables(session, false);
  return sortedCounts(countable.map(({ schema, table }) => ({ schema, table, rows: held.get(qualifiedName(schema, table)) ?? 0 })));
}
