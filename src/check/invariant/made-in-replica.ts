import type { Session } from '../../core/ports.ts';
import type { TableFacts } from './table-facts.ts';

/** Triggers that fire always, in a table and its partitions: switched off and on again, they are as they were. Others are left alone. */
const alwaysQuery = `
select pg_catalog.format('alter table only %I.%I disable trigger %I', n.nspname, c.relname, t.tgname) as off,
       pg_catalog.format('alter table only %I.%I enable always trigger %I', n.nspname, c.relname, t.tgname) as "on"
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where t.tgenabled = 'A' and not t.tgisinternal
  and (c.oid = $1::pg_catalog.oid or c.oid in (select p.relid from pg_catalog.pg_partition_tree($1::pg_catalog.oid) p))
order by n.nspname collate "C", c.relname collate "C", t.tgname collate "C"`;

/**
 * Statements that make something past a table's triggers, and leave the triggers as they were: one that a migration has switched off must stay so, since
 * that may be the very fault that is looked for. Throws SqlError.
 */
export async function madeInReplica(session: Session, { oid }: TableFacts, statements: readonly string[]): Promise<readonly string[]> {
  const always = await session.query<{ off: string; on: string }>(alwaysQuery, [oid]);
  return [
    ...always.map(({ off }) => off),
    'set local session_replication_role = replica',
    ...statements,
    'set local session_replication_role = origin',
    ...always.map(({ on }) => on),
  ];
}
