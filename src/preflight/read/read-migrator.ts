import type { Session } from '../../core/ports.ts';

/** The role that migrates, as production has it now. */
export interface MigratorState {
  readonly canLogin: boolean;
  readonly superuser: boolean;
  /** Whether its password is past its day. */
  readonly expired: boolean;
  /** -1: no limit. */
  readonly connectionLimit: number;
  /** Its sessions now, in all databases. */
  readonly connections: number;
  /** Whether it may connect to this database. */
  readonly mayConnect: boolean;
}

/** Whether a role could log in now: nobody tries. */
const migratorQuery = `
select r.rolcanlogin as "canLogin", r.rolsuper as "superuser",
       coalesce(r.rolvaliduntil < pg_catalog.clock_timestamp(), false) as "expired",
       r.rolconnlimit as "connectionLimit",
       (select count(*)::int from pg_catalog.pg_stat_activity a where a.usesysid = r.oid) as "connections",
       pg_catalog.has_database_privilege(r.oid, d.oid, 'CONNECT') as "mayConnect"
  from pg_catalog.pg_roles r, pg_catalog.pg_database d
 where r.rolname = $1 and d.datname = pg_catalog.current_database()`;

/** Undefined where there is no such role. Throws SqlError. */
export async function readMigrator(session: Session, role: string): Promise<MigratorState | undefined> {
  const [row] = await session.query<MigratorState>(migratorQuery, [role]);
  return row;
}
