import type { Session } from '../../../core/ports.ts';
import { qualifiedName } from '../../../sql/quote.ts';

/** Which tables belong to trees, as `schema.table`, quoted where needed. */
export interface TableTrees {
  readonly partitioned: ReadonlySet<string>;
  /** Partitions, and tables that inherit. */
  readonly children: ReadonlySet<string>;
}

/** Which tables are partitioned, or have a parent? */
const treesQuery = `
  select n.nspname as "schema", c.relname as "name", c.relkind = 'p' as "partitioned",
         exists (select from pg_catalog.pg_inherits i where i.inhrelid = c.oid) as "child"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'p' or c.relkind = 'r' and exists (select from pg_catalog.pg_inherits i where i.inhrelid = c.oid)
   order by n.nspname collate "C", c.relname collate "C"`;

export async function readTableTrees(session: Session): Promise<TableTrees> {
  const rows = await session.query<{ schema: string; name: string; partitioned: boolean; child: boolean }>(treesQuery);
  const named = (wanted: readonly (typeof rows)[number][]) => new Set(wanted.map(({ schema, name }) => qualifiedName(schema, name)));
  return { partitioned: named(rows.filter((row) => row.partitioned)), children: named(rows.filter((row) => row.child)) };
}
