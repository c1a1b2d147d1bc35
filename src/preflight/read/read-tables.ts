import type { Session } from '../../core/ports.ts';
import type { ProductionTable } from '../../core/production.ts';

/**
 * Every table and materialized view: how large it is with indexes and TOAST as the planner knows it, which takes no lock, and what a role may do with it.
 * A member of the owner may do all that the owner may.
 */
const tablesQuery = `
select format('%I.%I', n.nspname, c.relname) as "table",
       ((c.relpages + coalesce(t.relpages, 0)
          + coalesce((select sum(x.relpages) from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid in (c.oid, t.oid)), 0))
         * pg_catalog.current_setting('block_size')::float8) as "bytes",
       array(select p.name
               from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p (name)
              where r.oid is not null and pg_catalog.has_table_privilege(r.oid, c.oid, p.name)
             union all
             select 'owner' where r.oid is not null and pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')
             union all
             select 'schema ' || p.name
               from unnest(array['usage', 'create']) p (name)
              where r.oid is not null and pg_catalog.has_schema_privilege(r.oid, n.oid, p.name)
              order by 1) as "rights"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
  left join pg_catalog.pg_roles r on r.rolname = $1
 where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
 order by n.nspname collate "C", c.relname collate "C"`;

/** Throws SqlError. @param role the one that migrates; nothing is said of rights where it isn't known */
export async function readTables(session: Session, role: string | undefined): Promise<readonly ProductionTable[]> {
  return await session.query<ProductionTable>(tablesQuery, [role ?? null]);
}

/** How large some tables are now, exactly. A table that somebody has locked altogether is waited for, as long as the session's lock_timeout allows. */
const sizesQuery = `
select t.name as "table", pg_catalog.pg_total_relation_size(pg_catalog.to_regclass(t.name))::float8 as "bytes"
  from unnest($1::text[]) t (name)
 where pg_catalog.to_regclass(t.name) is not null
 order by t.name collate "C"`;

/** By name. Throws SqlError. @param tables schema-qualified, quoted where needed */
export async function readSizes(session: Session, tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query<{ table: string; bytes: number | null }>(sizesQuery, [tables]);
  return new Map(rows.flatMap(({ table, bytes }) => (bytes === null ? [] : [[table, bytes]])));
}
