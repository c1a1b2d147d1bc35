import type { Session } from '../../core/ports.ts';

/** A setting that later sessions begin with. */
export interface LaterSetting {
  /** `role app`, `every role`; the database is the one that is asked. */
  readonly whose: string;
  /** `default_transaction_read_only=on` */
  readonly setting: string;
}

/** The rest of the server's databases, and what the superuser of a clone is given, are no migration's. */
const settingsQuery = `
select coalesce('role ' || pg_catalog.quote_ident(r.rolname), 'every role') as whose, c as setting
from pg_catalog.pg_db_role_setting s
left join pg_catalog.pg_roles r on r.oid = s.setrole
cross join pg_catalog.unnest(s.setconfig) as c
where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
order by 1, 2`;

/** Throws SqlError. */
export async function readLaterSettings(session: Session): Promise<readonly LaterSetting[]> {
  return await session.query<LaterSetting>(settingsQuery);
}
