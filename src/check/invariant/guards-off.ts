import type { Session } from '../../core/ports.ts';
import type { TableFacts } from './table-facts.ts';

/** Every constraint of a table and every foreign key that refers to it, but for those that come and go with another. */
const constraintsQuery = `
select pg_catalog.format('alter table %I.%I drop constraint if exists %I cascade', n.nspname, c.relname, k.conname) as statement
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0 and k.coninhcount = 0
  and (k.conrelid = $1::pg_catalog.oid or k.confrelid = $1::pg_catalog.oid)
order by k.contype, n.nspname collate "C", c.relname collate "C", k.conname collate "C"`;

/**
 * Statements that take a table's constraints away, and the foreign keys that refer to it: so that nothing but rights, policies and triggers is left to
 * refuse a change. For a transaction that is rolled back. Throws SqlError.
 */
export async function constraintsOff(session: Session, { oid }: TableFacts): Promise<readonly string[]> {
  const rows = await session.query<{ statement: string }>(constraintsQuery, [oid]);
  return rows.map(({ statement }) => statement);
}

/** Statements after which no trigger of a table fires, those that are always to fire included. */
export function triggersOff({ name }: TableFacts): readonly string[] {
  return ['set local session_replication_role = replica', `alter table ${name} disable trigger user`];
}
