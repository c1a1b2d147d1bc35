import type { Session } from '../core/ports.ts';
import type { TrafficTable } from './traffic-table.ts';

/**
 * Everything that an application may select from, partitions left out (their root stands for them), with the key by which one row can be read cheaply.
 * Tables that belong to an extension aren't the team's. Foreign tables are listed for those who name them: reading one leaves the clone.
 */
const tablesQuery = `
select c.oid::text as oid,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name,
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'm' then 'materialized view' when 'v' then 'view' else 'foreign table' end as kind,
       (pg_catalog.current_setting('block_size')::bigint * case c.relkind when 'p' then parts.pages else c.relpages end)::text as bytes,
       coalesce(parts.partitions, '{}') as partitions,
       array(select pg_catalog.quote_ident(a.attname) from pg_catalog.pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
       coalesce(key.columns, '{}') as key
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select coalesce(sum(l.relpages), 0) as pages,
         array_agg(pg_catalog.quote_ident(s.nspname) || '.' || pg_catalog.quote_ident(l.relname) order by s.nspname, l.relname) filter (where t.level > 0) as partitions
  from pg_catalog.pg_partition_tree(c.oid) t
  join pg_catalog.pg_class l on l.oid = t.relid
  join pg_catalog.pg_namespace s on s.oid = l.relnamespace
  where c.relkind = 'p') parts on true
left join lateral (
  select array(select pg_catalog.quote_ident(a.attname)
                 from pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                 join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                where k.place <= i.indnkeyatts order by k.place)::text[] as columns
  from pg_catalog.pg_index i
  where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and not exists (select from pg_catalog.unnest(i.indkey::int2[]) k join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k
                     where not a.attnotnull)
  order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
  limit 1) key on true
where c.relkind in ('r', 'p', 'm', 'v', 'f') and not c.relispartition and c.relpersistence <> 't'
  and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (select from pg_catalog.pg_depend d
                   where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relpages desc, n.nspname collate "C", c.relname collate "C"`;

/** Reads what of a database traffic may use. Throws SqlError. */
export async function readTrafficTables(session: Session): Promise<readonly TrafficTable[]> {
  const rows = await session.query<Omit<TrafficTable, 'bytes'> & { bytes: string }>(tablesQuery);
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** The tables that relations of these names are, or belong to: of an index its table, of a partition its root. */
const namedQuery = `
select distinct coalesce(pg_catalog.pg_partition_root(coalesce(i.indrelid, c.oid)), i.indrelid, c.oid)::oid::text as oid
from pg_catalog.pg_class c
left join pg_catalog.pg_index i on i.indexrelid = c.oid
where c.relname = any ($1::text[])
order by 1`;

/** Oids of the tables that names stand for, whatever their schema. Throws SqlError. */
export async function readNamedTables(session: Session, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const rows = await session.query<{ oid: string }>(namedQuery, [names]);
  return new Set(rows.map(({ oid }) => oid));
}
