import type { Session } from '../../core/ports.ts';

/** What queries find by a name: a table, or a view. */
export interface Policed {
  readonly oid: string;
  /** `public.account` */
  readonly name: string;
  readonly view: boolean;
  /**
   * held: row level security is on. past: a view reads a table under row level security as an owner whom its policies don't stop.
   * free: neither.
   */
  readonly policies: 'held' | 'past' | 'free';
}

/** Of a view only the tables that it names itself are looked at. */
const policedQuery = `
select c.oid::text as oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name, c.relkind in ('v', 'm') as view,
       case when c.relrowsecurity then 'held'
            when v.below is null then 'free'
            when c.relkind = 'm' then 'past'
            when exists (select from pg_catalog.unnest(c.reloptions) as option
                         where pg_catalog.split_part(option, '=', 1) = 'security_invoker' and pg_catalog.split_part(option, '=', 2)::boolean) then 'held'
            when o.rolsuper or o.rolbypassrls or v.below = 'owned' then 'past'
            else 'held' end as policies
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_roles o on o.oid = c.relowner
left join lateral (
  select case when pg_catalog.bool_or(not t.relforcerowsecurity and pg_catalog.pg_has_role(c.relowner, t.relowner, 'USAGE')) then 'owned' else 'others' end as below
  from pg_catalog.pg_rewrite w
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = w.oid
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  join pg_catalog.pg_class t on t.oid = d.refobjid and t.relrowsecurity
  where w.ev_class = c.oid having pg_catalog.count(*) > 0) v on c.relkind in ('v', 'm')
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 2`;

/** Throws SqlError. */
export async function readPoliced(session: Session): Promise<readonly Policed[]> {
  return await session.query<Policed>(policedQuery);
}
