import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { viewDepths } from '../view-depths.ts';

export interface MaterializedView {
  readonly schema: string;
  readonly name: string;
}

/** The populated materialized views, each after those that it reads, directly or through views. An unpopulated one stays so. */
const populatedQuery = `
  with recursive ${viewDepths}
  select n.nspname as "schema", c.relname as "name"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join depth on depth.oid = c.oid
   where c.relkind = 'm' and c.relispopulated and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   group by n.nspname, c.relname
   order by max(depth.level), n.nspname collate "C", c.relname collate "C"`;

export async function listPopulatedViews(session: Session): Promise<readonly MaterializedView[]> {
  return await session.query<MaterializedView>(populatedQuery);
}

export function refreshStatement({ schema, name }: MaterializedView): string {
  return `refresh materialized view ${qualifiedName(schema, name)}`;
}
