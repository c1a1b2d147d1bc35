import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';

/** What production gives a role at log-in (ALTER ROLE … SET), which SET ROLE leaves out: a search_path, say, that its triggers count on. Time limits are ours. */
const roleSettingsQuery = `
select pg_catalog.split_part(c, '=', 1) as name, pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) as value
from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) with ordinality as u (c, n)
where s.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = $1)
  and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
  and c !~ '^(statement|lock|transaction|idle_in_transaction_session|idle_session)_timeout='
order by s.setdatabase, u.n`;

/** Makes a role's own settings, and then those of the team, for the transaction that is open. Throws SqlError where one of the team's can't be made. */
export async function applyRoleSettings(session: Session, role: string, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const { name, value } of await session.query<{ name: string; value: string }>(roleSettingsQuery, [role])) {
    await session.execute('savepoint role_setting');
    try {
      await session.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      // One that can only be made at a session's start is left out.
      await session.execute('rollback to savepoint role_setting');
    }
  }
  for (const [name, value] of Object.entries(settings)) await session.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
}
