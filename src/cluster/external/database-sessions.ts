import type { Session } from '../../core/ports.ts';

export interface FoundDatabase {
  readonly oid: number;
  /** Whether anybody can enter it. */
  readonly connectable: boolean;
}

/** A database by its name; undefined where there is none. Throws SqlError. */
export async function readDatabase(session: Session, name: string): Promise<FoundDatabase | undefined> {
  const [row] = await session.query<{ oid: string; connectable: boolean }>(
    'select oid::int8::text as oid, datallowconn as connectable from pg_catalog.pg_database where datname = $1',
    [name],
  );
  return row === undefined ? undefined : { oid: Number(row.oid), connectable: row.connectable };
}

/** Somebody who is connected to a database. */
export interface DatabaseSession {
  readonly pid: number;
  readonly user: string;
  readonly application: string;
  /** Empty for a Unix socket. */
  readonly client: string;
}

/** Who is in a database, but for us? The longest there comes first. */
const sessionsQuery = `
select pid, coalesce(usename::text, '') as "user", application_name as application, coalesce(pg_catalog.host(client_addr), '') as client
  from pg_catalog.pg_stat_activity
 where datname = $1 and backend_type = 'client backend' and pid <> pg_catalog.pg_backend_pid()
 order by backend_start, pid`;

export async function whoIsIn(session: Session, database: string): Promise<readonly DatabaseSession[]> {
  return await session.query<DatabaseSession>(sessionsQuery, [database]);
}

/** @example showSession(found) // 'psql (app from 10.0.0.7, process 4711)' */
export function showSession({ pid, user, application, client }: DatabaseSession): string {
  return `${application === '' ? 'a client' : application} (${user}${client === '' ? '' : ` from ${client}`}, process ${pid})`;
}
