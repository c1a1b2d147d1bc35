import { anyOwn } from '../classes/object-class.ts';
import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { sequenceMaximum, sequenceMinimum } from './sequence-clauses.ts';

/** Sequences but those of identity columns, which are parts of their columns. Where a sequence stands is data, not schema. */
export const sequences: FactFamily = {
  name: 'sequences',
  catalog: 'pg_sequence',
  rowsOfCatalog: anyOwn('sequences'),
  properties: ['persistence', 'type', 'start', 'increment', 'minimum', 'maximum', 'cache', 'cycle', 'owned by'],
  sql: () => `
    select 'sequence' as kind, r.name, coalesce(o.table_name, r.name) as parent, r.oid as home,
           case r.relpersistence when 'u' then 'unlogged' else 'logged' end as "persistence",
           pg_catalog.format_type(q.seqtypid, null) as "type",
           q.seqstart::text as "start",
           q.seqincrement::text as "increment",
           ${sequenceMinimum('q')} as "minimum",
           ${sequenceMaximum('q')} as "maximum",
           q.seqcache::text as "cache",
           case when q.seqcycle then 'yes' end as "cycle",
           o.table_name || '.' || (select quote_ident(a.attname) from pg_catalog.pg_attribute a where a.attrelid = o.refobjid and a.attnum = o.refobjsubid)
             as "owned by",
           null::jsonb as more
      from ${ourRelations(`'S'`)} r
      join pg_catalog.pg_sequence q on q.seqrelid = r.oid
      left join (select d.objid, d.refobjid, d.refobjsubid, format('%I.%I', n.nspname, c.relname) as table_name, d.deptype
                   from pg_catalog.pg_sequence s
                   join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = s.seqrelid
                   join pg_catalog.pg_class c on c.oid = d.refobjid
                   join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  where d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')) o on o.objid = r.oid
     where o.deptype is distinct from 'i'`,
};
