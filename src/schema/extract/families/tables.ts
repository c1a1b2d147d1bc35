import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { extensionMembers, joinComment, optionsOf, parametersOf, relationName, relationOwner } from '../sql-pieces.ts';

/** SQL: the values of a list partition in the order of their texts, since theirs makes no difference. Each is a constant: a quoted string, or a bare word. */
const inOrderOfValues = (bound: string) => `case when ${bound} like 'FOR VALUES IN (%' then
               'FOR VALUES IN (' || (select string_agg(v.value[1], ', ' order by v.value[1] collate "C")
                                       from regexp_matches(substr(${bound}, length('FOR VALUES IN (') + 1), $re$([A-Z]?'(?:[^']|'')*'|[^,'() ]+)$re$, 'g') v (value)) || ')'
             else ${bound} end`;

/** Tables and foreign tables: all that is said of the whole. */
export const tables: FactFamily = {
  name: 'tables',
  properties: [
    'persistence',
    'type',
    'column order',
    'inherits',
    'partition by',
    'partition of',
    'being detached',
    'replica identity',
    'clustered on',
    'row security',
    'row security forced',
    'tablespace',
    'access method',
    'server',
    'extension',
    'owner',
    'comment',
  ],
  // The columns are hashed in their order.
  implied: ['column order'],
  sql: (major) => `
    select case r.relkind when 'f' then 'foreign table' else 'table' end as kind, r.name, r.name as parent, r.oid as home,
           case when r.relkind <> 'f' then case r.relpersistence when 'u' then 'unlogged' else 'logged' end end as "persistence",
           case when r.reloftype <> 0 then pg_catalog.format_type(r.reloftype, null) end as "type",
           coalesce(o.columns, '') as "column order",
           case when not r.relispartition then
             (select string_agg(${relationName('h.inhparent')}, ', ' order by h.inhseqno) from pg_catalog.pg_inherits h where h.inhrelid = r.oid)
             end as "inherits",
           case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end as "partition by",
           case when r.relispartition then
             (select ${relationName('h.inhparent')} || ' ' || ${inOrderOfValues('b.bound')}
                from pg_catalog.pg_inherits h
               cross join lateral (select pg_catalog.pg_get_expr(r.relpartbound, r.oid) as bound offset 0) b
               where h.inhrelid = r.oid)
             end as "partition of",
           ${major >= 14 ? `(select case when h.inhdetachpending then 'yes' end from pg_catalog.pg_inherits h where r.relispartition and h.inhrelid = r.oid)` : 'null::text'} as "being detached",
           case when r.relkind = 'f' then null else case r.relreplident when 'n' then 'NOTHING' when 'f' then 'FULL'
             when 'i' then 'USING INDEX ' || coalesce(i.replident, 'that was dropped') end end as "replica identity",
           i.clustered as "clustered on",
           case when r.relrowsecurity then 'enabled' end as "row security",
           case when r.relforcerowsecurity then 'yes' end as "row security forced",
           case when r.reltablespace <> 0 then (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = r.reltablespace) end as "tablespace",
           (select quote_ident(m.amname) from pg_catalog.pg_am m where m.oid = r.relam) as "access method",
           (select quote_ident(s.srvname) from pg_catalog.pg_foreign_server s where s.oid = f.ftserver) as "server",
           e.extension as "extension",
           ${relationOwner} as "owner",
           quote_literal(d.description) as "comment",
           case when r.reloptions is not null or t.reloptions is not null or f.ftoptions is not null then
             (select jsonb_object_agg(p.option, p.value)
                from (${parametersOf('r.reloptions')} union all ${parametersOf('t.reloptions', 'toast.')} union all ${optionsOf('f.ftoptions')}) p)
             end as more
      from ${ourRelations(`'r', 'p', 'f'`)} r
      left join pg_catalog.pg_class t on t.oid = r.reltoastrelid and t.relkind = 't' and t.reloptions is not null
      left join pg_catalog.pg_foreign_table f on f.ftrelid = r.oid
      left join ${extensionMembers} e on e.objid = r.oid
      ${joinComment}
      left join (select a.attrelid, string_agg(a.name, ', ') as columns
                   from (select c.attrelid, quote_ident(c.attname) as name
                           from pg_catalog.pg_attribute c
                          where c.attnum > 0 and not c.attisdropped and ($1::pg_catalog.oid[] is null or c.attrelid = any ($1))
                          order by c.attrelid, c.attnum) a
                  group by a.attrelid) o on o.attrelid = r.oid
      left join (select x.indrelid,
                        max(quote_ident(ic.relname)) filter (where x.indisreplident) as replident,
                        max(quote_ident(ic.relname)) filter (where x.indisclustered) as clustered
                   from pg_catalog.pg_index x
                   join pg_catalog.pg_class ic on ic.oid = x.indexrelid
                  where x.indisreplident or x.indisclustered
                  group by x.indrelid) i on i.indrelid = r.oid`,
};
