import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { indexStatistics, parametersOf, relationName, whyInvalid } from '../sql-pieces.ts';

/** Whether an operator class is the one that an index on such a column gets without being told; it isn't written then. */
const isDefaultClass = `oc.opcdefault and a.attoptions is null and (
                 oc.opcintype = coalesce(nullif(ty.typbasetype, 0), ty.oid)
                 or (select pt.typtype from pg_catalog.pg_type pt where pt.oid = oc.opcintype) = 'p'
                 or (coalesce(nullif(ty.typbasetype, 0), ty.oid)::pg_catalog.int4, oc.opcintype::pg_catalog.int4) in ((1043, 25), (650, 869)))`;

/**
 * One key of an index as CREATE INDEX has it. Made from the catalogs, since pg_get_indexdef takes several times as long; expressions are written by the server.
 * Where the text says an operator class or a collation that the server would leave out, it says so on both sides.
 */
const key = `case when u.attnum = 0 then pg_catalog.pg_get_indexdef(x.indexrelid, u.place::pg_catalog.int4, false) else quote_ident(tc.attname) end
             || case when u.coll <> 0 and u.coll <> coalesce(tc.attcollation, 100)
                  then (select format(' COLLATE %I.%I', n.nspname, l.collname)
                          from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace where l.oid = u.coll)
                  else '' end
             || case when oc.oid is null or (${isDefaultClass}) then ''
                  else ' ' || case ocn.nspname when 'pg_catalog' then quote_ident(oc.opcname) else format('%I.%I', ocn.nspname, oc.opcname) end
                    || case when a.attoptions is null then '' else
                         (select ' (' || string_agg(format('%I=%L', o.option_name, o.option_value), ', ' order by o.option_name collate "C") || ')'
                            from pg_catalog.pg_options_to_table(a.attoptions) o) end end
             || case u.option when 1 then ' DESC NULLS LAST' when 2 then ' NULLS FIRST' when 3 then ' DESC' else '' end`;

/** Indexes but those behind constraints. */
export const indexes: FactFamily = {
  name: 'indexes',
  properties: ['definition', 'predicate', 'tablespace', 'attached to', 'valid'],
  deparsed: ['definition', 'predicate'],
  sql: (major) => `
    select 'index' as kind, format('%I.%I', r.nspname, i.relname) as name, r.name as parent, r.oid as home,
           concat(case when x.indisunique then 'UNIQUE ' end, case i.relkind when 'I' then 'ON ONLY ' else 'ON ' end, r.name, ' USING ', quote_ident(m.amname),
             ' (', k.keys, ')', ' INCLUDE (' || k.included || ')'${major >= 15 ? `, case when x.indnullsnotdistinct then ' NULLS NOT DISTINCT' end` : ''}) as "definition",
           pg_catalog.pg_get_expr(x.indpred, x.indrelid) as "predicate",
           (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = i.reltablespace) as "tablespace",
           case when i.relispartition then
             (select ${relationName('h.inhparent')} from pg_catalog.pg_inherits h where h.inhrelid = i.oid) end as "attached to",
           ${whyInvalid('x')} as "valid",
           case when i.reloptions is not null or x.indexprs is not null then
             (select jsonb_object_agg(p.option, p.value) from (${parametersOf('i.reloptions')} union all ${indexStatistics('i.oid')}) p) end as more
      from ${ourRelations(`'r', 'p', 'm'`)} r
      join pg_catalog.pg_index x on x.indrelid = r.oid
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_am m on m.oid = i.relam
      cross join lateral (
        select string_agg(${key}, ', ' order by u.place) filter (where u.place <= x.indnkeyatts) as keys,
               string_agg(quote_ident(tc.attname), ', ' order by u.place) filter (where u.place > x.indnkeyatts) as included
          from unnest(x.indkey, x.indclass, x.indcollation, x.indoption) with ordinality u (attnum, class, coll, option, place)
          join pg_catalog.pg_attribute a on a.attrelid = x.indexrelid and a.attnum = u.place
          join pg_catalog.pg_type ty on ty.oid = a.atttypid
          left join pg_catalog.pg_attribute tc on tc.attrelid = x.indrelid and tc.attnum = u.attnum and u.attnum <> 0
          left join pg_catalog.pg_opclass oc on oc.oid = u.class
          left join pg_catalog.pg_namespace ocn on ocn.oid = oc.opcnamespace) k
     where not exists (select from pg_catalog.pg_constraint c where c.conindid = x.indexrelid and c.conrelid = x.indrelid and c.contype in ('p', 'u', 'x'))`,
};
