import type { Session } from '../../../core/ports.ts';
import { qualifiedName } from '../../../sql/quote.ts';

/** How large is each table that has rows? */
const sizesQuery = `
  select n.nspname as "schema", c.relname as "name", pg_catalog.pg_table_size(c.oid) as "bytes"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
   order by n.nspname collate "C", c.relname collate "C"`;

/** Bytes of each table with its toasted values, by `schema.table`, quoted where needed. */
export async function readTableSizes(session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query<{ schema: string; name: string; bytes: string }>(sizesQuery);
  return new Map(rows.map(({ schema, name, bytes }) => [qualifiedName(schema, name), Number(bytes)]));
}
