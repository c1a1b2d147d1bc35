import type { Session } from '../../core/ports.ts';

/** Columns that are of a domain, or of one over it. */
const columnsQuery = `
with recursive domains as (
  select $1::oid as oid
  union
  select t.oid from domains join pg_catalog.pg_type t on t.typbasetype = domains.oid and t.typtype = 'd'
)
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "table", pg_catalog.quote_ident(a.attname) as "column"
from domains
join pg_catalog.pg_attribute a on a.atttypid = domains.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
order by 1, 2`;

/** Quoted names of the columns that hold values of a domain. Throws SqlError. */
export async function domainColumns(session: Session, domain: string): Promise<readonly { readonly table: string; readonly column: string }[]> {
  return await session.query<{ table: string; column: string }>(columnsQuery, [domain]);
}

/** What a domain's constraint asks of `value`; undefined where it is another constraint. Throws SqlError. */
export async function domainRule(session: Session, constraint: string): Promise<string | undefined> {
  const [row] = await session.query<{ expression: string | null }>(
    'select pg_catalog.pg_get_expr(k.conbin, 0) as expression from pg_catalog.pg_constraint k where k.oid = $1::oid',
    [constraint],
  );
  return row?.expression ?? undefined;
}
