import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';

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
    'replica identity',
    'clustered on',
    'row security',
    'row security forced',
    'tablespace',
    'access method',
    'server',
  ],
  deparsed: ['partition by', 'partition of'],
  sql: () => `
    select case r.relkind when 'f' then 'foreign table' else 'table' end as kind, r.name, r.name as parent, r.oid as home,
           case when r.relkind <> 'f' then case c.relpersistence when 'u' then 'unlogged' else 'logged' end end as "persistence",
           case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end as "type",
           coalesce((select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
                       from pg_catalog.pg_attribute a
                      where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped), '') as "column order",
           case when not r.relispartition then
             (select string_agg(format('%I.%I', pn.nspname, p.relname), ', ' order by i.inhseqno)
                from pg_catalog.pg_inherits i
                join pg_catalog.pg_class p on p.oid = i.inhparent
                join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
               where i.inhrelid = r.oid) end as "inherits",
           case when r.relkind = 'p' then pg_catalog.pg_get_partkeydef(r.oid) end as "partition by",
           case when r.relispartition then
             (select format('%I.%I', pn.nspname, p.relname) || ' ' || pg_catalog.pg_get_expr(c.relpartbound, r.oid)
                from pg_catalog.pg_inherits i
                join pg_catalog.pg_class p on p.oid = i.inhparent
                join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
               where i.inhrelid = r.oid) end as "partition of",
           case c.relreplident
             when 'n' then 'NOTHING'
             when 'f' then 'FULL'
             when 'i' then 'USING INDEX ' || coalesce(
               (select quote_ident(ic.relname) from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
                 where i.indrelid = r.oid and i.indisreplident), 'that is gone') end as "replica identity",
           (select quote_ident(ic.relname) from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
             where i.indrelid = r.oid and i.indisclustered) as "clustered on",
           case when c.relrowsecurity then 'enabled' end as "row security",
           case when c.relforcerowsecurity then 'yes' end as "row security forced",
           (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = c.reltablespace) as "tablespace",
           (select quote_ident(m.amname) from pg_catalog.pg_am m where m.oid = c.relam) as "access method",
           (select quote_ident(s.srvname)
              from pg_catalog.pg_foreign_table f
              join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
             where r.relkind = 'f' and f.ftrelid = r.oid) as "server",
           (select jsonb_object_agg(o.option, o.value)
              from (select 'parameter ' || option_name as option, coalesce(option_value, 'true') as value
                      from pg_catalog.pg_options_to_table(c.reloptions)
                    union all
                    select 'parameter toast.' || option_name, coalesce(option_value, 'true')
                      from pg_catalog.pg_class t cross join lateral pg_catalog.pg_options_to_table(t.reloptions)
                     where t.oid = c.reltoastrelid
                    union all
                    select 'option ' || quote_ident(option_name), coalesce(option_value, '')
                      from pg_catalog.pg_foreign_table f cross join lateral pg_catalog.pg_options_to_table(f.ftoptions)
                     where r.relkind = 'f' and f.ftrelid = r.oid) o) as more
      from ${ourRelations(`'r', 'p', 'f'`)} r
      join pg_catalog.pg_class c on c.oid = r.oid`,
};
