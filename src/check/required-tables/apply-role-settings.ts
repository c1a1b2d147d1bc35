import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { type RoleSetting, roleSettingsQuery } from '../../sql/role-settings.ts';

/** Makes a role's own settings, and then those of the team, for the transaction that is open. Throws SqlError where one of the team's can't be made. */
export async function applyRoleSettings(session: Session, role: string, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const { name, value } of await session.query<RoleSetting>(roleSettingsQuery, [role])) {
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
