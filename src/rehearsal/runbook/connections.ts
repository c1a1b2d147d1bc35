import { failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';

/** A client that is connected to a database. */
export interface Connection {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  /** Empty for a Unix socket. */
  readonly client: string;
  /** `idle`, `active`, `idle in transaction` …; `unknown` where the role may not see it. */
  readonly state: string;
  /** For how long it has been in that state, in seconds; null where that isn't seen. */
  readonly seconds: number | null;
}

/** Clients of the database that is asked, our own session left out, those that have been in their state the longest first. */
const connectionsQuery = `
select a.pid, coalesce(a.usename::text, '') as "user", coalesce(a.application_name, '') as application, coalesce(a.client_addr::text, '') as client,
       coalesce(a.state, 'unknown') as state, extract(epoch from pg_catalog.clock_timestamp() - a.state_change)::float8 as seconds
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid() and coalesce(a.backend_type, 'client backend') = 'client backend'
order by seconds desc nulls last, a.pid`;

/** Ends what is idle now, and not what was idle when it was listed. Who it is is settled first: conditions of one query are tried in any order. */
const terminateQuery = `
with idle as materialized (
  select a.pid
  from pg_catalog.pg_stat_activity a
  where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid() and a.backend_type = 'client backend' and a.state = 'idle'
    and a.state_change <= pg_catalog.clock_timestamp() - $1::float8 * interval '1 minute'
), ended as materialized (
  select i.pid, pg_catalog.pg_terminate_backend(i.pid) as ended from idle i
)
select e.pid from ended e where e.ended order by e.pid`;

/** Lists who is connected to a database. `production` is only read. Fails with what connecting fails with. */
export async function listConnections(context: Context, address: Address, of: 'clone' | 'production'): Promise<Result<readonly Connection[]>> {
  const limits = of === 'production' ? { readOnly: { statementTimeoutMs: 15_000, lockTimeoutMs: 2_000 } } : {};
  return await onSession(context, address, limits, (session) => session.query<Connection>(connectionsQuery));
}

/**
 * Ends the connections of a clone of ours that have been idle for some minutes, and gives their pids. Whoever calls it holds the clone's line of our ledger:
 * there is no way to name another server.
 */
export async function terminateIdle(context: Context, clone: { readonly admin: Address }, minutes: number): Promise<Result<readonly number[]>> {
  const ended = await onSession(context, clone.admin, {}, (session) => session.query<{ pid: number }>(terminateQuery, [minutes]));
  return ended.ok ? ok(ended.value.map(({ pid }) => pid)) : ended;
}

async function onSession<T>(
  context: Context,
  address: Address,
  limits: { readonly readOnly?: { readonly statementTimeoutMs: number; readonly lockTimeoutMs: number } },
  body: (session: Session) => Promise<T>,
): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse connections', signal: context.signal, ...limits });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    return ok(await body(session));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('check-failed', error.fields.message, { sql: error.fields }));
  }
}
