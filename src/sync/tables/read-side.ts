import { FailureError, failure } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { binaryTypes } from '../../sql/binary-types.ts';
import type { ColumnFacts, ForeignKeyFacts, SideFacts, TableFacts, TypeFacts } from './table-facts.ts';

/** What columns have in common that are of one type: asked once for each type, since there are many columns and few types. */
const typesQuery = `
  select t.oid::text as "oid", pg_catalog.format_type(t.oid, -1) as "bareType", t.typname as "typeName", tn.nspname = 'pg_catalog' as "builtIn",
         t.typtype as "typeKind", t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A' as "isArray",
         coalesce((select pg_catalog.json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid), '[]'::json) as "labels",
         (select pg_catalog.string_agg(f.attname || ' ' || pg_catalog.format_type(f.atttypid, f.atttypmod), ', ' order by f.attnum)
            from pg_catalog.pg_type m join pg_catalog.pg_attribute f on f.attrelid = m.typrelid and f.attnum > 0 and not f.attisdropped
           where m.oid in (t.oid, t.typelem, t.typbasetype) and m.typrelid <> 0) as "fields",
         t.typtype = 'e' or t.oid = any (array[${binaryTypes.join(', ')}]::pg_catalog.oid[]) as "fitsBinary"
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
   where t.oid in (select a.atttypid
                     from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
                    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped)`;

/**
 * Tables that stand for themselves, of the team's own schemas: ordinary ones, and partitioned ones with all that lies below them. An extension's own tables are
 * its business.
 */
const tablesQuery = `
  with own as materialized (
    select c.*, n.nspname
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
       and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
       and not exists (select from pg_catalog.pg_depend d
                        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
  leaves(root, oid, level) as materialized (
    select c.oid, coalesce(t.relid, c.oid), coalesce(t.level, 0)
      from own c left join lateral pg_catalog.pg_partition_tree(c.oid) t on c.relkind = 'p'),
  sizes as (
    select l.root,
           pg_catalog.sum(case when c.relkind = 'p' then 0 else greatest(c.reltuples, 0) end) as tuples,
           pg_catalog.bool_and(c.relkind = 'p' or c.reltuples < 0) as uncounted,
           pg_catalog.sum(case when $1 and c.relkind <> 'p' then pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int end) as pages,
           pg_catalog.sum(case when $1 and c.relkind <> 'p' then pg_catalog.pg_table_size(c.oid) end) as bytes,
           pg_catalog.sum(pg_catalog.pg_stat_get_live_tuples(c.oid)) as live,
           pg_catalog.sum(pg_catalog.pg_stat_get_dead_tuples(c.oid)) as dead
      from leaves l join pg_catalog.pg_class c on c.oid = l.oid
     group by l.root),
  feeding(relation, attnum, sequence) as materialized (
    select d.refobjid, d.refobjsubid, d.objid
      from pg_catalog.pg_depend d join pg_catalog.pg_class q on q.oid = d.objid and q.relkind = 'S'
     where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i') and d.refobjsubid > 0
    union
    select f.adrelid, f.adnum, q.oid
      from pg_catalog.pg_depend d
      join pg_catalog.pg_attrdef f on f.oid = d.objid
      join pg_catalog.pg_class q on q.oid = d.refobjid and q.relkind = 'S'
     where d.classid = 'pg_catalog.pg_attrdef'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass),
  fed(relation, sequences) as materialized (
    select f.relation, pg_catalog.json_agg(pg_catalog.json_build_object('column', a.attname, 'schema', qn.nspname, 'name', q.relname, 'ascending', u.seqincrement > 0,
               'cannot', coalesce((select pg_catalog.json_agg(r.privilege) from pg_catalog.unnest(case when $1 then array['SELECT'] else array['SELECT', 'UPDATE'] end) as r(privilege)
                                    where not pg_catalog.has_sequence_privilege(q.oid, r.privilege) or (q.relpersistence = 'u' and pg_catalog.pg_is_in_recovery())), '[]'::json))
                               order by qn.nspname, q.relname, a.attname)
      from feeding f
      join pg_catalog.pg_class q on q.oid = f.sequence
      join pg_catalog.pg_namespace qn on qn.oid = q.relnamespace
      join pg_catalog.pg_sequence u on u.seqrelid = q.oid
      join pg_catalog.pg_attribute a on a.attrelid = f.relation and a.attnum = f.attnum
     group by f.relation),
  described(relation, columns) as materialized (
    select a.attrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
             'name', a.attname, 'typeOid', a.atttypid::text, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull or t.typnotnull,
             'hasDefault', a.atthasdef or a.attidentity <> '' or t.typdefault is not null, 'generated', a.attgenerated <> '', 'identity', a.attidentity)
             order by a.attnum)
      from own c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type t on t.oid = a.atttypid
     group by a.attrelid),
  fired(root, triggers) as materialized (
    select l.root, pg_catalog.json_agg(pg_catalog.json_build_object('name', g.tgname, 'enabled', g.tgenabled, 'onSchema', n.nspname, 'onTable', c.relname,
                                                                    'owned', pg_catalog.pg_has_role(c.relowner, 'USAGE'))
                                       order by l.level, n.nspname, c.relname, g.tgname)
      from leaves l
      join pg_catalog.pg_class c on c.oid = l.oid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal
     group by l.root)
  select c.oid::text as "oid", c.nspname as "schema", c.relname as "name", c.relkind = 'p' as "partitioned",
         coalesce(described.columns, '[]'::json) as "columns",
         coalesce((select pg_catalog.json_agg(a.attname order by k.place)
                     from pg_catalog.pg_constraint p, pg_catalog.unnest(p.conkey) with ordinality as k(attnum, place), pg_catalog.pg_attribute a
                    where p.conrelid = c.oid and p.contype = 'p' and a.attrelid = c.oid and a.attnum = k.attnum), '[]'::json) as "primaryKey",
         exists (select from pg_catalog.pg_constraint p where p.conrelid = c.oid and p.contype = 'p' and p.condeferrable) as "primaryKeyDeferrable",
         case when s.uncounted then -1 else s.tuples end::float8 as "estimatedRows",
         coalesce(s.live, 0)::float8 as "liveRows", coalesce(s.dead, 0)::float8 as "deadRows",
         coalesce(s.pages, 0)::float8 as "pages", coalesce(s.bytes, 0)::float8 as "bytes",
         pg_catalog.pg_has_role(c.relowner, 'USAGE') as "owned",
         pg_catalog.row_security_active(c.oid) as "rlsActive", c.relforcerowsecurity as "rlsForced",
         coalesce((select pg_catalog.json_agg(p.privilege) from pg_catalog.unnest(case when $1 then array['SELECT'] else array['SELECT', 'INSERT', 'DELETE', 'UPDATE', 'TRUNCATE'] end) as p(privilege)
                    where not pg_catalog.has_table_privilege(c.oid, p.privilege)), '[]'::json) as "cannot",
         coalesce(fired.triggers, '[]'::json) as "triggers",
         c.relhasrules as "hasRules",
         exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid) as "hasChildren",
         coalesce(fed.sequences, '[]'::json) as "sequences"
    from own c
    join sizes s on s.root = c.oid
    left join described on described.relation = c.oid
    left join fed on fed.relation = c.oid
    left join fired on fired.root = c.oid
   order by c.nspname collate "C", c.relname collate "C"`;

/** Foreign keys as they were declared, not what partitions have of them; a partition's own count as its root's. */
const foreignKeysQuery = `
  select k.conname as "name", n.nspname as "schema", c.relname as "table", tn.nspname as "toSchema", t.relname as "toTable",
         (select pg_catalog.json_agg(a.attname order by u.place) from pg_catalog.unnest(k.conkey) with ordinality as u(attnum, place)
            join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) as "columns",
         (select pg_catalog.json_agg(a.attname order by u.place) from pg_catalog.unnest(k.confkey) with ordinality as u(attnum, place)
            join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum) as "toColumns",
         k.confdeltype as "onDelete", k.condeferrable as "deferrable", k.condeferred as "deferred", k.convalidated as "validated",
         k.confmatchtype = 'f' as "matchFull", coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::bool, false) as "overPeriods",
         (select pg_catalog.json_agg((select pg_catalog.format('operator(%I.%s)', pn.nspname, p.oprname)
                                        from pg_catalog.pg_operator p join pg_catalog.pg_namespace pn on pn.oid = p.oprnamespace where p.oid = u.operator)
                                     order by u.place)
            from pg_catalog.unnest(k.conpfeqop) with ordinality as u(operator, place)) as "equals",
         pg_catalog.pg_has_role(c.relowner, 'USAGE') as "owned"
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = coalesce(pg_catalog.pg_partition_root(k.conrelid), k.conrelid)
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_class t on t.oid = coalesce(pg_catalog.pg_partition_root(k.confrelid), k.confrelid)
    join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
   where k.contype = 'f' and k.conparentid = 0
   order by n.nspname collate "C", c.relname collate "C", k.conname collate "C"`;

/**
 * What a side's catalog says of its tables; text of types is qualified only where the session's search_path is empty. Throws SqlError, and FailureError where the
 * schema changed meanwhile.
 *
 * @param side decides which rights are asked for
 */
export async function readSide(session: Session, side: 'production' | 'staging'): Promise<SideFacts> {
  const [tables, types, foreignKeys, extensions] = (await session.queryAll<unknown>([
    { text: tablesQuery, values: [String(side === 'production')] },
    { text: typesQuery },
    { text: foreignKeysQuery },
    { text: 'select extname as "name", extversion as "version" from pg_catalog.pg_extension order by 1' },
  ])) as unknown as SideRows;
  const typeOf = new Map(types.map(({ oid, ...facts }) => [oid, facts]));
  return {
    tables: tables.map((table) => ({ ...table, columns: table.columns.map((column) => typed(column, typeOf.get(column.typeOid))) })),
    foreignKeys,
    extensions: Object.fromEntries(extensions.map(({ name, version }) => [name, version])),
  };
}

interface TypeRow extends TypeFacts {
  readonly oid: string;
}

interface ColumnRow extends Omit<ColumnFacts, keyof TypeFacts> {
  readonly typeOid: string;
}

type SideRows = readonly [
  tables: readonly (Omit<TableFacts, 'columns'> & { readonly columns: readonly ColumnRow[] })[],
  types: readonly TypeRow[],
  foreignKeys: readonly ForeignKeyFacts[],
  extensions: readonly { readonly name: string; readonly version: string }[],
];

function typed({ typeOid, ...column }: ColumnRow, type: TypeFacts | undefined): ColumnFacts {
  if (type === undefined)
    throw new FailureError(failure('sync-failed', `Column ${column.name} and its type were dropped while the tables were read.`, { cure: 'Run again.' }));
  return { ...column, ...type };
}
