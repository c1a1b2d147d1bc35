import type { Session } from '../../core/ports.ts';

/** A trigger that doesn't fire for ordinary sessions. */
export interface SwitchedOff {
  readonly oid: string;
  readonly table: string;
  readonly name: string;
  /** The constraint that it enforces, where it does. */
  readonly constraint: string | null;
}

const switchedOffQuery = `
select t.oid::text as oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "table",
       pg_catalog.quote_ident(t.tgname) as name, case when t.tgisinternal then pg_catalog.quote_ident(k.conname) end as "constraint"
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
where t.tgenabled in ('D', 'R') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 2, 4, 3, 1`;

/** Throws SqlError. */
export async function readSwitchedOff(session: Session): Promise<readonly SwitchedOff[]> {
  return await session.query<SwitchedOff>(switchedOffQuery);
}
