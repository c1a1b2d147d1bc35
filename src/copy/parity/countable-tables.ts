import type { Session } from '../../core/ports.ts';
import { enumHashTrees } from '../live/table-list.ts';

export interface CountableTable {
  readonly schema: string;
  readonly table: string;
  /** A partitioned table that stands for all its leaves. */
  readonly tree: boolean;
}

/**
 * Everything that holds rows of its own, as COPY would give them: ordinary tables, leaf partitions, materialized views that are populated.
 * Leaves of a tree that is hashed by an enum count as their root: which leaf a row is in depends on the server. Extensions' own tables aren't
 * counted: what an extension brings depends on its version.
 */
const countableQuery = `
  with ${enumHashTrees}
  select n.nspname as "schema", c.relname as "table", c.relkind = 'p' as "tree"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where (c.relkind = 'r' and not exists (select from through where through.oid = c.oid)
          or c.relkind = 'm' and c.relispopulated and $1
          or c.relkind = 'p' and exists (select from through where through.root = c.oid))
     and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by pg_catalog.pg_table_size(c.oid) desc, n.nspname collate "C", c.relname collate "C"`;

/** The tables whose rows are counted, the largest first. Throws SqlError. */
export async function countableTables(session: Session, materializedViews: boolean): Promise<readonly CountableTable[]> {
  return await session.query<CountableTable>(countableQuery, [materializedViews]);
}
