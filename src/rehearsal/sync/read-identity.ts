import type { Session } from '../../core/ports.ts';

/** What a server says of itself over this very connection. */
export interface ServerIdentity {
  readonly database: string;
  /** Absent where this role may not ask. */
  readonly systemIdentifier?: string;
  readonly isStandby: boolean;
  /** Its transactions only read, as the settings of server, database or role have it. */
  readonly isReadOnly: boolean;
  readonly serverVersion: string;
  /** What stands on our stamp; absent where there is none. */
  readonly stamp?: string;
  /** What a stamp would have to say to be this database's. */
  readonly own?: string;
}

/** The schema whose comment is our stamp: a dump takes it along, and its text then names another database. */
export const stampSchema = 'pgrehearse_staging';

const identityQuery = `
  select pg_catalog.current_database() as "database", pg_catalog.pg_is_in_recovery() as "isStandby",
         (select g.reset_val::bool from pg_catalog.pg_settings g where g.name = 'default_transaction_read_only') as "isReadOnly", pg_catalog.current_setting('server_version') as "serverVersion",
         (select pg_catalog.obj_description(n.oid, 'pg_namespace') from pg_catalog.pg_namespace n where n.nspname = '${stampSchema}') as "stamp",
         (select d.oid::text from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()) as "oid",
         pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') as "mayIdentify"`;

interface Row extends Omit<ServerIdentity, 'stamp' | 'systemIdentifier' | 'own'> {
  readonly stamp: string | null;
  readonly oid: string;
  readonly mayIdentify: boolean;
}

/** Throws SqlError. */
export async function readIdentity(session: Session): Promise<ServerIdentity> {
  const [row] = await session.query<Row>(identityQuery);
  if (row === undefined) throw new Error('a query without a from clause gave no row');
  const { stamp, oid, mayIdentify, ...identity } = row;
  const control = mayIdentify
    ? await session.query<{ identifier: string }>('select system_identifier::text as identifier from pg_catalog.pg_control_system()')
    : [];
  const systemIdentifier = control[0]?.identifier;
  return {
    ...identity,
    ...(systemIdentifier === undefined ? {} : { systemIdentifier, own: stampText(systemIdentifier, oid, identity.database) }),
    ...(stamp === null ? {} : { stamp }),
  };
}

function stampText(systemIdentifier: string, oid: string, database: string): string {
  return `pgrehearse sync: this database is staging (${systemIdentifier}/${oid}/${database})`;
}
