import type { Session } from '../../core/ports.ts';
import { enumHashTrees } from '../live/table-list.ts';
import type { NullShare } from './row-hash.ts';
import { type HashWay, hashWayWhere } from './value-hash.ts';

export interface HashableColumn {
  readonly name: string;
  readonly way: HashWay;
  /** As SQL, without its modifiers: what a mask's value is taken for. */
  readonly type: string;
  /** `none`: no row has a null in it. `seldom`: statistics know of none. */
  readonly nulls: NullShare;
}

/** A table that holds rows of its own, and the name under which they are told. */
export interface HashableTable {
  readonly schema: string;
  readonly table: string;
  /** The root of a tree whose rows belong to other leaves on other servers; else the table itself. */
  readonly as: { readonly schema: string; readonly table: string };
  /** By name: leaves and roots, and both sides, may have their columns in another order. */
  readonly columns: readonly HashableColumn[];
  /** Columns of its primary key, by name; none where it has no such key. */
  readonly key: readonly string[];
  /** Blocks of the main fork, when they may be read in parts; 0 otherwise. */
  readonly pages: number;
  readonly sizeBytes: number;
}

/** SQL: whether every row was looked at for a null; since PostgreSQL 18 NOT NULL may hold for new rows alone. */
const isValidated = `not exists (select from pg_catalog.pg_constraint v
                                                          where v.conrelid = a.attrelid and v.contype = 'n' and not v.convalidated and a.attnum = any (v.conkey))`;

/** SQL: what statistics know of a column; asked of tables that take a while to read. Without the right to see them, nothing is known. */
const statistics = `(select s.null_frac from pg_catalog.pg_stats s
                                                where c.relpages > 100 and s.schemaname = n.nspname and s.tablename = c.relname
                                                  and s.attname = a.attname and not s.inherited)`;

/** Every table with rows to hash: those that countRows counts, materialized views left out, leaves one by one. */
const hashableQuery = `
  with ${enumHashTrees}
  select n.nspname as "schema", c.relname as "table",
         pg_catalog.json_build_object('schema', coalesce(rn.nspname, n.nspname), 'table', coalesce(r.relname, c.relname)) as "as",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname, 'way', ${hashWayWhere('a.atttypmod > 0')},
                            'type', pg_catalog.format_type(a.atttypid, -1), 'nulls', case when a.attnotnull and ${isValidated} then 'none'
                                when s.null_frac = 0 then 'seldom' else 'some' end) order by a.attname collate "C")
                     from pg_catalog.pg_attribute a
                     join pg_catalog.pg_type t on t.oid = a.atttypid
                     left join pg_catalog.pg_proc o on o.oid = t.typoutput and o.pronamespace = 'pg_catalog'::regnamespace
                     left join lateral ${statistics} s on true
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as "columns",
         coalesce((select pg_catalog.json_agg(a.attname order by a.attname collate "C")
                     from pg_catalog.pg_constraint p join pg_catalog.pg_attribute a on a.attrelid = p.conrelid and a.attnum = any (p.conkey)
                    where p.conrelid = c.oid and p.contype = 'p'), '[]') as "key",
         case when m.amname = 'heap' and current_setting('server_version_num')::int >= 140000
              then coalesce(pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int, 0) else 0 end as "pages",
         coalesce(pg_catalog.pg_table_size(c.oid), 0) as "sizeBytes"
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_am m on m.oid = c.relam
    left join through on through.oid = c.oid
    left join pg_catalog.pg_class r on r.oid = through.root
    left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
   where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and not (c.relpersistence = 'u' and pg_catalog.pg_is_in_recovery())
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by "sizeBytes" desc, n.nspname collate "C", c.relname collate "C"`;

/** The tables to hash, the largest first. Throws SqlError. */
export async function hashableTables(session: Session): Promise<readonly HashableTable[]> {
  const rows = await session.query<HashableTable & { pages: string; sizeBytes: string }>(hashableQuery);
  return rows.map((row) => ({ ...row, pages: Number(row.pages), sizeBytes: Number(row.sizeBytes) }));
}
