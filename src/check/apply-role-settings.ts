import type { Session } from '../core/ports.ts';
import { type RoleSetting, roleSettingsQuery } from '../sql/role-settings.ts';
import { failureOf } from './failure-of.ts';

/**
 * Makes a role's own settings, where there is a role, and then those of the team, for the transaction that is open. Throws SqlError where one of the team's
 * can't be made.
 */
export async function applyRoleSettings(session: Session, role: string | undefined, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const { name, value } of role === undefined ? [] : await session.query<RoleSetting>(roleSettingsQuery, [role])) {
    // A setting that can only be made at a server's or session's start is left out.
    await session.execute('savepoint role_setting');
    const failed = await failureOf(() => session.query('select pg_catalog.set_config($1, $2, true)', [name, value]));
    if (failed !== undefined) await session.execute('rollback to savepoint role_setting');
  }
  for (const [name, value] of Object.entries(settings)) await session.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
}
