import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { whenEnabled } from '../sql-pieces.ts';

/** SQL: the columns of UPDATE OF as the server writes them, in this order. */
const updateOf = (order: string) => `(select 'UPDATE OF ' || string_agg(quote_ident(a.attname), ', ' order by ${order})
                from unnest(g.tgattr::pg_catalog.int2[]) with ordinality u (number, place)
                join pg_catalog.pg_attribute a on a.attrelid = g.tgrelid and a.attnum = u.number)`;

/** SQL: the columns of UPDATE OF in the order of their names, since theirs makes no difference. They come before any text of the user's. */
const inOrderOfColumns = (definition: string) => `case when pg_catalog.array_length(g.tgattr::pg_catalog.int2[], 1) > 1 then
               (select overlay(o.definition placing o.sorted from strpos(o.definition, o.written) for length(o.written))
                  from (select ${definition} as definition, ${updateOf('u.place')} as written, ${updateOf('quote_ident(a.attname) collate "C"')} as sorted) o)
             else ${definition} end`;

const definition = `case when g.tgconstraint <> 0 then 'CONSTRAINT TRIGGER ' else '' end
             || substr(pg_catalog.pg_get_triggerdef(g.oid),
                  length(case when g.tgconstraint <> 0 then 'CREATE CONSTRAINT TRIGGER ' else 'CREATE TRIGGER ' end || quote_ident(g.tgname) || ' ') + 1)`;

/** Triggers. The copies in partitions follow from their parent's; one that fires otherwise is told. */
export const triggers: FactFamily = {
  name: 'triggers',
  catalog: 'pg_trigger',
  properties: ['definition', 'enabled'],
  written: ['definition'],
  sql: () => `
    select 'trigger' as kind, quote_ident(g.tgname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           case when above.oid is null then
             ${inOrderOfColumns(definition)}
             end as "definition",
           ${whenEnabled('g.tgenabled')} as "enabled",
           null::jsonb as more
      from ${ourRelations(`'r', 'p', 'v', 'f'`)} r
      join pg_catalog.pg_trigger g on g.tgrelid = r.oid
      left join pg_catalog.pg_trigger above on above.oid = g.tgparentid
     where (above.oid is null and not g.tgisinternal) or (not above.tgisinternal and g.tgenabled <> above.tgenabled)`,
};
