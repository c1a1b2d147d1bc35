import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';

/** Columns of tables and foreign tables. Those of views follow from the view's query, so that only what is set on them is a fact. */
export const columns: FactFamily = {
  name: 'columns',
  properties: ['type', 'not null', 'inherited', 'default', 'generated', 'identity', 'collate', 'storage', 'compression', 'statistics'],
  deparsed: ['default', 'generated'],
  sql: (major) => `
    select 'column' as kind, r.name || '.' || quote_ident(a.attname) as name, r.name as parent, r.oid as home,
           pg_catalog.format_type(a.atttypid, a.atttypmod) as "type",
           case when a.attnotnull then 'yes' else 'no' end as "not null",
           case when a.attinhcount > 0 and not a.attislocal and not r.relispartition then 'yes' end as "inherited",
           case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end as "default",
           case a.attgenerated
             when 's' then 'ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') STORED'
             when 'v' then 'ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL' end as "generated",
           null as "identity",
           case when a.attcollation <> t.typcollation then
             (select format('%I.%I', n.nspname, l.collname) from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace
               where l.oid = a.attcollation) end as "collate",
           case when a.attstorage <> t.typstorage then
             case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' when 'x' then 'EXTENDED' end end as "storage",
           ${major >= 14 ? `case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end` : 'null'} as "compression",
           nullif(a.attstattarget, -1)::text as "statistics",
           (select jsonb_object_agg(o.option, o.value)
              from (select 'parameter ' || option_name as option, coalesce(option_value, 'true') as value
                      from pg_catalog.pg_options_to_table(a.attoptions)
                    union all
                    select 'option ' || quote_ident(option_name), coalesce(option_value, '')
                      from pg_catalog.pg_options_to_table(a.attfdwoptions)) o) as more
      from ${ourRelations(`'r', 'p', 'f'`)} r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`,
};
