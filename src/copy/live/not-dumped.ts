import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';

/** What production has, and no copy of it can have: the rows of unlogged tables when the source is a standby. */
const notDumpedQuery = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as "name"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and c.relpersistence = 'u' and pg_catalog.pg_is_in_recovery() and n.nspname !~ '^pg_'
   order by 1`;

export async function findNotDumped(session: Session): Promise<readonly FidelityLoss[]> {
  const rows = await session.query<{ name: string }>(notDumpedQuery);
  return rows.map(({ name }) => ({
    object: { kind: 'table', name },
    message: `table ${name}: the table is unlogged: a standby can't read its rows`,
    cure: 'Copy from the primary (source.allowPrimary), or accept the loss in clone.acceptLosses.',
  }));
}
