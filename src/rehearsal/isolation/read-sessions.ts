import type { ForeignSession } from '../../core/isolation.ts';
import type { Session } from '../../core/ports.ts';

/** From this version on, sessions are counted in shared memory, at once. */
export const countsSessionsSince = 150_000;

/** Sessions of clients on this database apart from the one that asks, and replication of it. Workers of the server itself aren't anybody's. */
const sessionsQuery = `
select a.pid, coalesce(a.usename, '') as "user", coalesce(a.application_name, '') as "applicationName", pg_catalog.host(a.client_addr) as client,
  a.backend_type = 'client backend' as "isCounted",
  pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
  and (a.backend_type in ('client backend', 'walsender') or a.backend_type like 'logical replication%')
order by a.backend_start, a.pid`;

/** How many sessions were ever established to this database, the one that asks among them, and since when that is counted. */
const countQuery = `
select d.sessions::text as count, coalesce(d.stats_reset::text, '') as "resetAt" from pg_catalog.pg_stat_database d where d.datname = pg_catalog.current_database()`;

/** A session as the server lists it. */
export interface SeenSession extends ForeignSession {
  /** False: it replicates. Such sessions run SQL too, and the server doesn't count them. */
  readonly isCounted: boolean;
}

export async function readSessions(session: Session): Promise<readonly SeenSession[]> {
  const rows = await session.query<Omit<SeenSession, 'client'> & { client: string | null }>(sessionsQuery);
  return rows.map(({ client, ...row }) => ({ ...row, ...(client === null ? {} : { client }) }));
}

/** Undefined where the server doesn't count, or not at once. */
export async function countSessions(session: Session): Promise<{ readonly count: number; readonly resetAt: string } | undefined> {
  if (session.serverVersionNum < countsSessionsSince) return undefined;
  const [row] = await session.query<{ count: string; resetAt: string }>(countQuery);
  return row === undefined ? undefined : { count: Number(row.count), resetAt: row.resetAt };
}
