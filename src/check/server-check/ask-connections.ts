import type { ServerCheck } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import { showCount } from '../show-count.ts';
import type { ServerAnswer } from './server-answer.ts';
import { unseen } from './unseen.ts';

type ConnectionsCheck = Extract<ServerCheck, { kind: 'connections' }>;

/** Client connections of the whole server, and how many it gives to roles that are no superusers. */
const connectionsQuery = `
select pg_catalog.count(*) filter (where a.backend_type = 'client backend')::int as clients,
       pg_catalog.count(*) filter (where a.backend_type = 'client backend' and a.state = 'idle')::int as idle,
       coalesce(pg_catalog.bool_or(a.pid = pg_catalog.pg_backend_pid() and a.state = 'active'), false) as self,
       pg_catalog.current_setting('max_connections')::int - pg_catalog.current_setting('superuser_reserved_connections')::int
         - coalesce(nullif(pg_catalog.current_setting('reserved_connections', true), ''), '0')::int as places
from pg_catalog.pg_stat_activity a`;

/** One line of PgBouncer’s SHOW POOLS, as far as it is of interest. */
export interface PoolLine {
  readonly database: string;
  readonly user: string;
  readonly active: number;
  readonly waiting: number;
  /** Of the client that has waited longest, in seconds. */
  readonly longestWaitSeconds: number;
}

/** Whether few enough clients are connected. Throws SqlError. @param pools what PgBouncer said; undefined where nobody asks it */
export async function askConnections(session: Session, check: ConnectionsCheck, pools: readonly PoolLine[] | undefined): Promise<ServerAnswer> {
  const hidden = await unseen(session);
  if (hidden !== undefined) return hidden;
  const [row] = await session.query<{ clients: number; idle: number; self: boolean; places: number }>(connectionsQuery);
  if (row === undefined || !row.self)
    return { kind: 'doubt', reason: 'its own session isn’t among those that it sees', cure: 'Ask the server itself, and not something before it.' };
  const { clients, idle, places } = row;
  const limit = Math.min(Math.floor((places * check.maxPercent) / 100), check.max ?? Number.POSITIVE_INFINITY);
  const waiting = pools?.reduce((sum, pool) => sum + pool.waiting, 0);
  const found = `${showCount(clients, 'connection')} of ${places}, ${idle} of them idle${waiting === undefined ? '' : `; ${showCount(waiting, 'client')} waiting in PgBouncer`}`;
  const expected = `at most ${limit}${waiting === undefined ? '' : `, and at most ${check.maxWaiting} waiting`}`;
  const lines = (pools ?? []).filter((pool) => pool.waiting > 0).map(tellPool);
  if (clients > limit || (waiting ?? 0) > check.maxWaiting) {
    const cure =
      'Wait for a quieter time, or find out who holds them. Idle connections belong to somebody’s pool: end them there; pgrehearse ends none in production.';
    return { kind: 'broken', found, expected, rootCause: 'quota', cure, lines, showSql: `${whoQuery};` };
  }
  return { kind: 'holds', found, proof: `${found}, against ${expected}; it saw its own session among them` };
}

function tellPool({ database, user, waiting, longestWaitSeconds }: PoolLine): string {
  return `PgBouncer: ${showCount(waiting, 'client')} of ${user} wait for ${database}, the first for ${longestWaitSeconds} s`;
}

const whoQuery = `select usename, application_name, client_addr, state, pg_catalog.count(*)
from pg_catalog.pg_stat_activity
where backend_type = 'client backend'
group by 1, 2, 3, 4
order by 5 desc, 1, 2, 3, 4`;
