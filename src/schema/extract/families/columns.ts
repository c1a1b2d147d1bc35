import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { optionsOf, parametersOf } from '../sql-pieces.ts';
import { identitySequences, identityText } from './identity.ts';

const storage = `case when a.attstorage <> t.typstorage and a.relkind <> 'v' then
             case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' when 'x' then 'EXTENDED' end end`;

function compression(major: number): string {
  return major >= 14 ? `case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end` : 'null::text';
}

/**
 * Whether a column has parameters that somebody chose. Servers of the minor versions of November 2026 and later keep there where in the WAL the column was last
 * changed, of every column: another number in every database.
 */
const hasParameters = `(a.attoptions is not null and not (cardinality(a.attoptions) = 1 and starts_with(a.attoptions[1], 'pg_attver=')))`;

const parameters = `select p.option, p.value from (${parametersOf('a.attoptions')}) p where p.option <> 'parameter pg_attver'`;

/** A default speaks of no columns, and without its table the server needn't open that: half the time, and no lock. */
const defaultText = `case when a.atthasdef and a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, 0) end`;

/** SQL: the beginning of a name that fits into so many bytes, without half a character. */
const clipped = (name: string, bytes: string) =>
  `(select left(${name}, max(n.n)) from generate_series(0, length(${name})) n (n) where octet_length(left(${name}, n.n)) <= ${bytes})`;

/**
 * A name is a fact only where it was chosen. The server makes `table_column_not_null`, cut so that it has 63 bytes at most. An inherited constraint has the
 * name of its parent's, or none that a dump would keep.
 */
const notNullName = `case when k.conislocal and k.conname <> (case
               when octet_length(a.relname) + octet_length(a.attname) <= 53 then a.relname || '_' || a.attname
               else ${clipped('a.relname', 'greatest(27, 53 - octet_length(a.attname))')} || '_' || ${clipped('a.attname', 'greatest(26, 53 - octet_length(a.relname))')} end || '_not_null')
             then quote_ident(k.conname) end`;

/** From version 17 on the partitions of a table with an identity column have it too, and can't have another. */
const ownIdentity = (major: number) => `a.attidentity <> ''${major >= 17 ? ' and not a.relispartition' : ''}`;

/**
 * Columns of tables and foreign tables, those of partitions and inherited ones too: defaults, storage and the like are their own. What the columns of views
 * are follows from the view's query, so that only what is set on them is a fact.
 */
export const columns: FactFamily = {
  name: 'columns',
  ordered: true,
  properties: [
    'type',
    'not null',
    'not null constraint name',
    'not null inherited',
    'no inherit',
    'inherited',
    'default',
    'generated',
    'identity',
    'identity sequence persistence',
    'collate',
    'storage',
    'compression',
    'statistics',
  ],
  written: ['default', 'generated'],
  outline: 'has default',
  sql: (major) => `
    select 'column' as kind, a.name || '.' || quote_ident(a.attname) as name, a.name as parent, a.oid as home, a.attnum as place,
           case when a.relkind in ('r', 'p', 'f') then pg_catalog.format_type(a.atttypid, a.atttypmod) end as "type",
           ${
             major >= 18
               ? `case when a.relkind in ('r', 'p', 'f') then case when a.attnotnull and k.convalidated is not false then 'yes' else 'no' end end as "not null",
           ${notNullName} as "not null constraint name",
           case when not k.conislocal and not a.relispartition then 'yes' end as "not null inherited",
           case when k.connoinherit then 'yes' end as "no inherit",`
               : `case when a.relkind in ('r', 'p', 'f') then case when a.attnotnull then 'yes' else 'no' end end as "not null",
           null::text as "not null constraint name",
           null::text as "not null inherited",
           null::text as "no inherit",`
           }
           case when a.attinhcount > 0 and not a.attislocal and not a.relispartition then 'yes' end as "inherited",
           ${defaultText} as "default",
           case when a.atthasdef and a.attgenerated <> '' then
             'ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ')' || case a.attgenerated when 's' then ' STORED' when 'v' then ' VIRTUAL' end
             end as "generated",
           case when a.atthasdef then 'yes' || a.attgenerated::text end as "has default",
           case when ${ownIdentity(major)} then ${identityText} end as "identity",
           case when a.attidentity <> '' and q.relpersistence <> a.relpersistence then case q.relpersistence when 'u' then 'unlogged' else 'logged' end
             end as "identity sequence persistence",
           case when a.attcollation <> t.typcollation and a.relkind in ('r', 'p', 'f') then
             (select format('%I.%I', n.nspname, l.collname)
                from pg_catalog.pg_collation l
                join pg_catalog.pg_namespace n on n.oid = l.collnamespace
               where l.oid = a.attcollation) end as "collate",
           ${storage} as "storage",
           ${compression(major)} as "compression",
           nullif(a.attstattarget, -1)::text as "statistics",
           case when ${hasParameters} or a.attfdwoptions is not null then
             (select jsonb_object_agg(p.option, p.value) from (${parameters} union all ${optionsOf('a.attfdwoptions')}) p) end as more
      from (select r.name, r.oid, r.relname, r.relkind, r.relpersistence, r.relispartition, a.*
              from ${ourRelations(`'r', 'p', 'f', 'v', 'm'`)} r
              join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
            offset 0) a
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join ${identitySequences} q on q.refobjid = a.attrelid and q.refobjsubid = a.attnum
      ${major >= 18 ? `left join pg_catalog.pg_constraint k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum` : ''}
     where a.relkind in ('r', 'p', 'f') or a.atthasdef or a.attstattarget >= 0 or ${hasParameters}
           or (a.relkind = 'm' and (a.attstorage <> t.typstorage${major >= 14 ? ` or a.attcompression <> ''` : ''}))`,
};
