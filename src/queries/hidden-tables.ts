import type { SqlErrorFields } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { QueryTrial } from '../core/queries.ts';

/** Tables of which row-level security hides every row from a role: it is on, and no policy lets the role read. */
const hiddenQuery = `
select n.nspname as schema, c.relname as "table"
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_roles r on r.rolname = $1 and not r.rolsuper and not r.rolbypassrls
where c.relrowsecurity and (c.relforcerowsecurity or not pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE'))
  and not exists (
    select from pg_catalog.pg_policy p cross join pg_catalog.unnest(p.polroles) o(oid)
    where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*') and case when o.oid = 0 then true else pg_catalog.pg_has_role(r.oid, o.oid, 'USAGE') end)
order by n.nspname collate "C", c.relname collate "C"`;

/** Reads them, as `schema.table`. Throws SqlError. */
export async function readHiddenTables(session: Session, role: string): Promise<ReadonlySet<string>> {
  const rows = await session.query<{ schema: string; table: string }>(hiddenQuery, [role]);
  return new Set(rows.map(({ schema, table }) => `${schema}.${table}`));
}

/**
 * What a query meets that read a table elsewhere and reads it here no more, since all of its rows are hidden: the planner leaves the table out then, without complaint.
 * Who reads through a view is asked as the view's owner, and keeps the table in the plan. Undefined where it is not so. Pure.
 */
export function hiddenFrom(role: string, elsewhere: QueryTrial | undefined, here: QueryTrial, hidden: ReadonlySet<string>): SqlErrorFields | undefined {
  if (elsewhere?.kind !== 'planned' || here.kind !== 'planned') return undefined;
  const reads = new Set(here.plan.scans.map(({ schema, table }) => `${schema}.${table}`));
  const gone = elsewhere.plan.scans.find(({ schema, table }) => hidden.has(`${schema}.${table}`) && !reads.has(`${schema}.${table}`));
  if (gone === undefined) return undefined;
  const { schema, table } = gone;
  return { sqlstate: '42501', message: `row-level security hides all rows of ${schema}.${table} from ${role}: no policy lets it read them`, schema, table };
}
