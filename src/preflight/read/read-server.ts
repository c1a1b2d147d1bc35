import type { Session } from '../../core/ports.ts';

/** What the server says of itself, for all that needs no further right. */
export interface ServerState {
  readonly database: string;
  /** As `show server_version` says. */
  readonly version: string;
  readonly isStandby: boolean;
  /** ISO 8601: the server's clock. */
  readonly now: string;
  readonly maxConnections: number;
  /** Kept back for superusers, and since PostgreSQL 16 for members of pg_use_reserved_connections. */
  readonly reservedConnections: number;
  /** Sessions in all databases. */
  readonly connections: number;
  /** -1: no limit. */
  readonly databaseConnectionLimit: number;
  readonly databaseConnections: number;
  readonly archiveMode: string;
  readonly maxWalBytes: number;
  /** False: of other roles' sessions their age and state are hidden. */
  readonly seesActivity: boolean;
}

/** Which server and database this is, and how full it is. */
const serverQuery = `
select d.datname as "database",
       pg_catalog.current_setting('server_version') as "version",
       pg_catalog.pg_is_in_recovery() as "isStandby",
       pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "now",
       pg_catalog.current_setting('max_connections')::int as "maxConnections",
       pg_catalog.current_setting('superuser_reserved_connections')::int
         + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0) as "reservedConnections",
       (select sum(s.numbackends)::int from pg_catalog.pg_stat_database s) as "connections",
       d.datconnlimit as "databaseConnectionLimit",
       (select s.numbackends from pg_catalog.pg_stat_database s where s.datid = d.oid) as "databaseConnections",
       pg_catalog.current_setting('archive_mode') as "archiveMode",
       (pg_catalog.pg_size_bytes(pg_catalog.current_setting('max_wal_size')))::text as "maxWalBytes",
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') as "seesActivity"
  from pg_catalog.pg_database d
 where d.datname = pg_catalog.current_database()`;

/** Throws SqlError. */
export async function readServer(session: Session): Promise<ServerState> {
  const [row] = await session.query<Omit<ServerState, 'maxWalBytes'> & { maxWalBytes: string }>(serverQuery);
  if (row === undefined) throw new Error('pg_database holds no row of the current database');
  return { ...row, maxWalBytes: Number(row.maxWalBytes) };
}

/** Which of the server's databases this is, whatever it is called. Throws SqlError. */
export async function readDatabaseOid(session: Session): Promise<number> {
  const [row] = await session.query<{ oid: number }>(
    'select d.oid::int8::float8 as oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()',
  );
  if (row === undefined) throw new Error('pg_database holds no row of the current database');
  return row.oid;
}

/** Of which initdb this server's data is: the same on every physical copy. Throws SqlError where the role may not ask. */
export async function readSystemIdentifier(session: Session): Promise<string> {
  const [row] = await session.query<{ identifier: string }>('select c.system_identifier::text as identifier from pg_catalog.pg_control_system() c');
  if (row === undefined) throw new Error('pg_control_system gave no row');
  return row.identifier;
}
