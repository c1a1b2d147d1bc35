import { columnNames } from '../column-names.ts';
import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { indexStatistics, parametersOf, relationName, whyInvalid } from '../sql-pieces.ts';
import { classNames, indexKeys, optionsOfClasses } from './index-keys.ts';

/** Indexes but those behind constraints. */
export const indexes: FactFamily = {
  name: 'indexes',
  properties: ['definition', 'predicate', 'tablespace', 'attached to', 'valid'],
  // To write twenty thousand of them takes longer than all else; what they are made of says the same.
  implied: ['definition'],
  written: ['columns', 'expressions', 'predicate'],
  outline: 'has expressions',
  hashed: ['method', 'columns', 'classes', 'order', 'options', 'expressions', 'nulls'],
  sql: (major) => `
    select 'index' as kind, format('%I.%I', r.nspname, i.relname) as name, r.name as parent, r.oid as home,
           concat(case when x.indisunique then 'UNIQUE ' end, case i.relkind when 'I' then 'ON ONLY ' else 'ON ' end, r.name, ' USING ', quote_ident(m.amname),
             ' (', k.keys, ')', ' INCLUDE (' || k.included || ')'${major >= 15 ? `, case when x.indnullsnotdistinct then ' NULLS NOT DISTINCT' end` : ''}) as "definition",
           m.amname || case when x.indisunique then ' unique ' else ' ' end || i.relkind::text || x.indnkeyatts as "method",
           concat_ws(', ', coalesce(c.names[x.indkey[0]], x.indkey[0]::text), coalesce(c.names[x.indkey[1]], x.indkey[1]::text),
             coalesce(c.names[x.indkey[2]], x.indkey[2]::text), case when x.indnatts > 3 then
               (select string_agg(coalesce(c.names[u.attnum], u.attnum::text), ', ' order by u.place)
                  from unnest(x.indkey) with ordinality u (attnum, place) where u.place > 3) end) as "columns",
           o.names as "classes",
           x.indoption::text as "order",
           case when o.have_options then ${optionsOfClasses} end as "options",
           concat_ws(' ', case when x.indexprs is not null then 'expressions' end, case when x.indpred is not null then 'predicate' end) as "has expressions",
           pg_catalog.pg_get_expr(x.indexprs, x.indrelid) as "expressions",
           ${major >= 15 ? `case when x.indnullsnotdistinct then 'not distinct' end` : 'null::text'} as "nulls",
           pg_catalog.pg_get_expr(x.indpred, x.indrelid) as "predicate",
           case when i.reltablespace <> 0 then (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = i.reltablespace) end as "tablespace",
           case when i.relispartition then
             (select ${relationName('h.inhparent')} from pg_catalog.pg_inherits h where h.inhrelid = i.oid) end as "attached to",
           ${whyInvalid('x')} as "valid",
           case when i.reloptions is not null or x.indexprs is not null then
             (select jsonb_object_agg(p.option, p.value) from (${parametersOf('i.reloptions')} union all ${indexStatistics('i.oid')}) p) end as more
      from ${ourRelations(`'r', 'p', 'm'`)} r
      join pg_catalog.pg_index x on x.indrelid = r.oid
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_am m on m.oid = i.relam
      left join ${columnNames} c on c.attrelid = r.oid
      left join ${classNames} o on o.indclass = x.indclass and o.indcollation = x.indcollation
      left join ${indexKeys} k on k.indexrelid = x.indexrelid
     where not exists (
       select from pg_catalog.pg_constraint n where n.conindid = x.indexrelid and n.conrelid = x.indrelid and n.contype in ('p', 'u', 'x'))`,
};
