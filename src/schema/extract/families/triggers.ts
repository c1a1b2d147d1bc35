import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { whenEnabled } from '../sql-pieces.ts';

/** Triggers. The copies in partitions follow from their parent's; one that fires otherwise is told. */
export const triggers: FactFamily = {
  name: 'triggers',
  catalog: 'pg_trigger',
  properties: ['definition', 'enabled'],
  deparsed: ['definition'],
  sql: () => `
    select 'trigger' as kind, quote_ident(g.tgname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           case when above.oid is null then
             case when g.tgconstraint <> 0 then 'CONSTRAINT TRIGGER ' else '' end
             || substr(pg_catalog.pg_get_triggerdef(g.oid),
                  length(case when g.tgconstraint <> 0 then 'CREATE CONSTRAINT TRIGGER ' else 'CREATE TRIGGER ' end || quote_ident(g.tgname) || ' ') + 1)
             end as "definition",
           ${whenEnabled('g.tgenabled')} as "enabled",
           null::jsonb as more
      from ${ourRelations(`'r', 'p', 'v', 'f'`)} r
      join pg_catalog.pg_trigger g on g.tgrelid = r.oid
      left join pg_catalog.pg_trigger above on above.oid = g.tgparentid
     where (above.oid is null and not g.tgisinternal) or (not above.tgisinternal and g.tgenabled <> above.tgenabled)`,
};
