import type { ForeignSession } from '../../core/isolation.ts';
import type { Session } from '../../core/ports.ts';

/** From this version on, sessions are counted in shared memory, at once. */
export const countsSessionsSince = 150_000;

/** Sessions of clients on this database apart from the one that asks, and replication of it. Workers of the server itself aren't anybody's. */
const sessionsQuery = `
select a.pid, coalesce(a.usename, '') as "user", coalesce(a.application_name, '') as "applicationName", pg_catalog.host(a.client_addr) as client,
  pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
from pg_catalog.pg_stat_activity a
where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
  and (a.backend_type in ('client backend', 'walsender') or a.backend_type like 'logical replication%')
order by a.backend_start, a.pid`;

/** How many sessions were ever established to this database, the one that asks among them. */
const countQuery = 'select d.sessions::text as count from pg_catalog.pg_stat_database d where d.datname = pg_catalog.current_database()';

export async function readSessions(session: Session): Promise<readonly ForeignSession[]> {
  const rows = await session.query<Omit<ForeignSession, 'client'> & { client: string | null }>(sessionsQuery);
  return rows.map(({ client, ...row }) => ({ ...row, ...(client === null ? {} : { client }) }));
}

/** Undefined where the server doesn't count, or not at once. */
export async function countSessions(session: Session): Promise<number | undefined> {
  if (session.serverVersionNum < countsSessionsSince) return undefined;
  const [row] = await session.query<{ count: string }>(countQuery);
  return row === undefined ? undefined : Number(row.count);
}
