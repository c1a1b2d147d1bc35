import { FailureError, failure } from '../../core/failure.ts';
import { masksOf } from '../../core/masking.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';

const leavesQuery = `
  select n.nspname as "schema", c.relname as "name"
    from pg_catalog.pg_partition_tree($1::pg_catalog.oid) t
    join pg_catalog.pg_class c on c.oid = t.relid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where t.isleaf
   order by n.nspname collate "C", c.relname collate "C"`;

/**
 * The masks of a table's rows, also where these lie in partitions: there the masks are those of the partitions, which are read through their root. All of them
 * have the same, or nothing is read. Throws FailureError and SqlError.
 */
export async function masksFor({ session, masking }: LiveSource, table: TableFacts): Promise<Readonly<Record<string, string>>> {
  if (masking === undefined || !table.partitioned) return masksOf(masking, table);
  const leaves = await session.query<{ schema: string; name: string }>(leavesQuery, [table.oid]);
  const [first, ...others] = leaves.map((leaf) => masksOf(masking, leaf));
  const text = (masks: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(masks).sort(([left], [right]) => (left < right ? -1 : 1)));
  if (first !== undefined && others.some((other) => text(other) !== text(first))) {
    const name = qualifiedName(table.schema, table.name);
    throw new FailureError(
      failure('mask-invalid', `The partitions of ${name} are masked in different ways, so that they can’t be read as one.`, { object: name }),
    );
  }
  return first ?? {};
}
