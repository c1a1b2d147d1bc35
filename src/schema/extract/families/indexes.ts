import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { indexStatistics, parametersOf, relationName, whyInvalid } from '../sql-pieces.ts';
import { classNames, indexKeys, optionsOfClasses } from './index-keys.ts';
import { indexedColumns, joinDropped } from './indexed-columns.ts';

/** What few databases have, and takes long to look for: whether there is any. */
const seldom = {
  'dropped columns': 'select from marked_columns m where m.attisdropped',
  'statistics targets': 'select from marked_columns m where m.attstattarget >= 0',
} as const;

function mayHave(what: keyof typeof seldom, found: ReadonlySet<string> | undefined): boolean {
  return found === undefined || found.has(what);
}

/** Indexes but those behind constraints. */
export const indexes: FactFamily = {
  name: 'indexes',
  properties: ['definition', 'predicate', 'tablespace', 'attached to', 'valid'],
  // To write twenty thousand of them takes longer than all else; what they are made of says the same.
  implied: ['definition'],
  written: ['columns', 'expressions', 'predicate'],
  outline: 'has expressions',
  hashed: ['method', 'columns', 'classes', 'order', 'options', 'expressions', 'nulls'],
  classes: () => [`select 'indexes'`, ...Object.entries(seldom).map(([what, rows]) => `select '${what}' where exists (${rows})`)].join('\nunion all\n'),
  sql: (major, found) => `
    select 'index' as kind, format('%I.%I', r.nspname, i.relname) as name, r.name as parent, r.oid as home,
           concat(case when x.indisunique then 'UNIQUE ' end, case i.relkind when 'I' then 'ON ONLY ' else 'ON ' end, r.name, ' USING ', quote_ident(m.amname),
             ' (', k.keys, ')', ' INCLUDE (' || k.included || ')'${major >= 15 ? `, case when x.indnullsnotdistinct then ' NULLS NOT DISTINCT' end` : ''}) as "definition",
           m.amname || case when x.indisunique then ' unique ' else ' ' end || i.relkind::text || x.indnkeyatts as "method",
           ${indexedColumns(mayHave('dropped columns', found))} as "columns",
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
           case when i.reloptions is not null${mayHave('statistics targets', found) ? ' or x.indexprs is not null' : ''} then
             (select jsonb_object_agg(p.option, p.value) from (${parametersOf('i.reloptions')}${
               mayHave('statistics targets', found) ? ` union all ${indexStatistics('i.oid')}` : ''
             }) p) end as more
      from ${ourRelations(`'r', 'p', 'm'`)} r
      join pg_catalog.pg_index x on x.indrelid = r.oid
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_am m on m.oid = i.relam
      ${mayHave('dropped columns', found) ? joinDropped : ''}
      left join ${classNames} o on o.indclass = x.indclass and o.indcollation = x.indcollation
      left join ${indexKeys} k on k.indexrelid = x.indexrelid
     where not exists (
       select from pg_catalog.pg_constraint n where n.conindid = x.indexrelid and n.conrelid = x.indrelid and n.contype in ('p', 'u', 'x'))`,
};
