import type { Session } from '../../../../core/ports.ts';
import type { Plan } from '../../probe.ts';
import type { TableFacts } from '../../table-facts.ts';

/** Views over a table, however many views stand between, that a role may read and that don't meet the table's policies: they read as their owner. */
const viewsQuery = `
with recursive over (oid) as (
  select $1::pg_catalog.oid
  union
  select w.ev_class from over o
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = o.oid
  join pg_catalog.pg_rewrite w on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and w.oid = d.objid)
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(v.relname) as name, v.relkind = 'm' as materialized, r.rolname as owner
from over o
join pg_catalog.pg_class v on v.oid = o.oid and v.relkind in ('v', 'm')
join pg_catalog.pg_namespace n on n.oid = v.relnamespace
join pg_catalog.pg_roles r on r.oid = v.relowner
cross join (select c.relowner, c.relforcerowsecurity from pg_catalog.pg_class c where c.oid = $1::pg_catalog.oid) as t
where pg_catalog.has_any_column_privilege($2, v.oid, 'SELECT')
  and (v.relkind = 'm'
       or not exists (select from pg_catalog.unnest(v.reloptions) as option
                      where pg_catalog.split_part(option, '=', 1) = 'security_invoker' and pg_catalog.split_part(option, '=', 2)::boolean)
          and (r.rolsuper or r.rolbypassrls or (not t.relforcerowsecurity and pg_catalog.pg_has_role(r.oid, t.relowner, 'USAGE'))))
order by 1`;

/** What is told of such views: whether they show more than they may isn't known, since some are meant to. Throws SqlError. */
export async function leakyViews(session: Session, { oid, name }: TableFacts, role: string): Promise<Plan['warnings']> {
  const views = await session.query<{ name: string; materialized: boolean; owner: string }>(viewsQuery, [oid, role]);
  return views.map((view) => ({
    object: { kind: view.materialized ? 'materialized view' : 'view', name: view.name },
    title: view.materialized
      ? `${role} may read ${view.name}, which holds rows of ${name} whatever its policies say`
      : `${role} may read ${view.name}, which reads ${name} as its owner ${view.owner}, past the policies`,
    detail: `The policies of ${name} don’t count for what comes through it.`,
    cure: view.materialized ? `Take the right to read it from ${role}.` : `alter view ${view.name} set (security_invoker = true); from PostgreSQL 15 on.`,
  }));
}
