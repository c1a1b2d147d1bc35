import type { Session } from '../core/ports.ts';
import type { PlannedTable } from '../core/queries.ts';

/** Of each table and materialized view: what plans depend on, and what changes when a migration touches it. */
const tablesQuery = `
select c.oid::int8::text as oid, n.nspname as schema, c.relname as table, c.reltuples::float8 as rows, pg_catalog.pg_relation_size(c.oid)::float8 as bytes,
  c.relfilenode::int8::text as file,
  pg_catalog.hashtextextended(pg_catalog.concat_ws(' ',
    (select pg_catalog.string_agg(pg_catalog.concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attstattarget), ';' order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    (select pg_catalog.string_agg(pg_catalog.concat_ws(',', k.conname, k.contype, k.convalidated), ';' order by k.oid) from pg_catalog.pg_constraint k where k.conrelid = c.oid),
    (select pg_catalog.string_agg(pg_catalog.concat_ws(',', p.polname, pg_catalog.pg_get_expr(p.polqual, p.polrelid)), ';' order by p.oid)
      from pg_catalog.pg_policy p where p.polrelid = c.oid),
    c.relrowsecurity, c.relforcerowsecurity, c.reloptions::text) collate "C", 0)::text as shape,
  coalesce((select pg_catalog.array_agg(i.relname::text order by i.relname) from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
    where x.indrelid = c.oid and x.indisvalid), '{}') as indexes,
  coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname, 'analysed',
      exists (select from pg_catalog.pg_statistic s where s.starelid = c.oid and s.staattnum = a.attnum)) order by a.attnum)
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C"`;

/** Reads what the planner goes by. Throws SqlError. @param session a superuser's: statistics are shown to nobody else */
export async function readPlannedTables(session: Session): Promise<readonly PlannedTable[]> {
  return await session.query<PlannedTable>(tablesQuery);
}
