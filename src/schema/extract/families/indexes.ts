import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { indexStatistics, parametersOf, relationName, whyInvalid } from '../sql-pieces.ts';
import { indexKeys } from './index-keys.ts';

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
      join ${indexKeys} k on k.indexrelid = x.indexrelid`,
};
