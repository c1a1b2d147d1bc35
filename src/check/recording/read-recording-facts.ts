import type { Session } from '../../core/ports.ts';
import type { ConstraintFacts, EnumFacts, IndexFacts, KeyFacts, RecordingFacts, TableFacts } from './recording-facts.ts';

const users = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
const qualified = "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)";

/** Tables with their columns, size, replication and how often they were analysed. A table that is dropped while it is read has no size. */
const tableQuery = `
select c.oid, ${qualified} as name,
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' else 'materialized view' end as kind,
       h.inhparent as parent, nullif(c.reltuples, -1) as rows, coalesce(pg_catalog.pg_table_size(c.oid), 0)::float8 as bytes,
       case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full' else 'index' end as "replicaIdentity",
       coalesce(p.publications, '{}') as publications, coalesce(p.changes, false) as "publishesChanges",
       pg_catalog.pg_stat_get_analyze_count(c.oid)::float8 as analyses,
       coalesce(a.columns, '[]') as columns
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits h on h.inhrelid = c.oid and h.inhseqno = 1
left join (select t.schemaname, t.tablename, pg_catalog.array_agg(t.pubname::text order by t.pubname) as publications,
                  pg_catalog.bool_or(b.pubupdate or b.pubdelete) as changes
           from pg_catalog.pg_publication_tables t
           join pg_catalog.pg_publication b on b.pubname = t.pubname
           group by 1, 2) p
  on p.schemaname = n.nspname and p.tablename = c.relname
left join lateral (
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'number', a.attnum, 'name', pg_catalog.quote_ident(a.attname), 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
           'typeKey', pg_catalog.concat_ws(':', a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
           'filled', case when a.attidentity <> '' then 'identity' when a.attgenerated <> '' then 'generated' when a.atthasdef then 'default' end,
           'expression', pg_catalog.pg_get_expr(d.adbin, d.adrelid))) order by a.attnum) as columns
  from pg_catalog.pg_attribute a
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) a on true
where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't' and ${users}
order by 2, 1`;

/** Constraints of tables; a foreign key of a partitioned table once, not for each partition. */
const constraintQuery = `
select k.oid, pg_catalog.quote_ident(k.conname) as name, k.conrelid as "table",
       case k.contype when 'c' then 'check' when 'f' then 'foreign key' when 'p' then 'primary key' when 'u' then 'unique' else 'exclusion' end as kind,
       k.convalidated as validated, coalesce(k.conkey, '{}')::int4[] as columns, nullif(k.confrelid, 0) as "referencedTable",
       coalesce(k.confkey, '{}')::int4[] as "referencedColumns", nullif(k.conparentid, 0) as parent, nullif(k.conindid, 0) as index,
       pg_catalog.pg_get_constraintdef(k.oid) as definition
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype in ('c', 'f', 'p', 'u', 'x') and c.relpersistence <> 't' and ${users}
order by 3, 2, 1`;

/** Indexes of tables and materialized views. */
const indexQuery = `
select i.indexrelid as oid, ${qualified} as name, i.indrelid as "table", i.indkey::int2[]::int4[] as columns, i.indisunique as "unique",
       i.indisprimary as "primary", i.indisvalid and i.indisready as valid, i.indpred is not null as partial, i.indisreplident as "replicaIdentity",
       pg_catalog.pg_get_indexdef(i.indexrelid) as definition
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' and ${users}
order by 2, 1`;

/** Integer columns that a sequence fills: it belongs to them, or their default asks it. */
const keyQuery = `
select distinct a.attrelid as "table", a.attnum::int4 as column, ${qualified} as sequence, pg_catalog.pg_sequence_last_value(c.oid)::float8 as last,
       least(s.seqmax, case a.atttypid when 'pg_catalog.int2'::regtype then 32767 when 'pg_catalog.int4'::regtype then 2147483647
                       else 9223372036854775807 end)::float8 as max, s.seqcycle as cycles
from (select d.objid as sequence, d.refobjid as "table", d.refobjsubid as number
      from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
      union
      select d.refobjid, f.adrelid, f.adnum
      from pg_catalog.pg_depend d
      join pg_catalog.pg_attrdef f on f.oid = d.objid
      where d.classid = 'pg_catalog.pg_attrdef'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> f.adrelid) u
join pg_catalog.pg_sequence s on s.seqrelid = u.sequence
join pg_catalog.pg_class c on c.oid = u.sequence
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = u."table" and a.attnum = u.number
where a.atttypid in ('pg_catalog.int2'::regtype, 'pg_catalog.int4'::regtype, 'pg_catalog.int8'::regtype) and s.seqincrement > 0
  and c.relpersistence <> 't' and ${users}
order by 1, 2, 3`;

/** Enum types with their labels. */
const enumQuery = `
select t.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname) as name,
       pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('oid', e.oid::int8, 'label', e.enumlabel) order by e.enumsortorder) as labels
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
join pg_catalog.pg_enum e on e.enumtypid = t.oid
where ${users}
group by 1, 2
order by 2, 1`;

type ConstraintRow = Omit<ConstraintFacts, 'references' | 'parent' | 'index'> & {
  readonly referencedTable: number | null;
  readonly referencedColumns: readonly number[];
  readonly parent: number | null;
  readonly index: number | null;
};

/**
 * Reads what judging a recording needs of the catalogs: once before the migrations and once after them, as superuser of the clone, while nobody migrates.
 * Throws SqlError.
 */
export async function readRecordingFacts(session: Session): Promise<RecordingFacts> {
  // What can be found without its schema is written without it: this code is pasted into sessions that find other things.
  await session.query("select pg_catalog.set_config('search_path', '', false)");
  const tables = await session.query<TableFacts>(tableQuery);
  const constraints = await session.query<ConstraintRow>(constraintQuery);
  return {
    serverVersionNum: session.serverVersionNum,
    tables: tables.map((table) => withoutNulls(table)),
    constraints: constraints.map(({ referencedTable, referencedColumns, ...constraint }) => ({
      ...withoutNulls<ConstraintFacts>(constraint),
      ...(referencedTable === null ? {} : { references: { table: referencedTable, columns: referencedColumns } }),
    })),
    indexes: await session.query<IndexFacts>(indexQuery),
    keys: (await session.query<KeyFacts>(keyQuery)).map((key) => withoutNulls(key)),
    enums: await session.query<EnumFacts>(enumQuery),
  };
}

function withoutNulls<T>(row: { [K in keyof T]: T[K] | null }): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;
}
