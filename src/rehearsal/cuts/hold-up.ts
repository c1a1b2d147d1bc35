import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/** Tables that a statement may be about: by their own names, or their indexes', or their partitions'. */
const tablesQuery = `
select distinct pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_index i on i.indrelid = c.oid
left join pg_catalog.pg_class x on x.oid = i.indexrelid
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (c.relname = any($1) or x.relname = any($1))
order by 1`;

/** Whom a process waits for. */
const blockersQuery = 'select $2::int = any(pg_catalog.pg_blocking_pids($1)) as waits';

const pauseMs = 5;

/** A transaction that statements with CONCURRENTLY have to wait for before they may go on to their last step. */
export interface HoldUp extends AsyncDisposable {
  /** False: nothing that the statement names is there, so that there is nothing for it to stop at. */
  readonly holds: boolean;
  /** Resolves with true once the process waits for it; with false when `isOver` says so. */
  until(admin: Session, pid: number, isOver: () => boolean): Promise<boolean>;
}

/**
 * Begins what holds such a statement up half way: an old snapshot, which CREATE INDEX and REINDEX wait for, and the weakest lock on the tables that it names, which DROP INDEX
 * and DETACH PARTITION wait for. None of these keeps a statement with CONCURRENTLY from beginning. Throws SqlError and FailureError.
 */
export async function holdUp(context: Context, address: Address, statement: string): Promise<HoldUp> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) throw new FailureError(connected.failure);
  const session = connected.value;
  let holds: boolean;
  try {
    await session.execute('begin isolation level repeatable read');
    const names = significantTokens(statement).flatMap(({ name }) => (name === undefined ? [] : [name]));
    const tables = await session.query<{ name: string }>(tablesQuery, [names]);
    for (const { name } of tables) await session.execute(`lock table ${name} in access share mode`);
    holds = tables.length > 0;
  } catch (error) {
    await session.close();
    throw error;
  }
  return {
    holds,
    async until(admin, pid, isOver) {
      for (;;) {
        if (isOver()) return false;
        const [row] = await admin.query<{ waits: boolean }>(blockersQuery, [pid, session.backendPid]);
        if (row?.waits === true) return true;
        await sleep(pauseMs);
      }
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}
