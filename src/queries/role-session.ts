import type { Session } from '../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts';
import { type RoleSetting, roleSettingsQuery } from '../sql/role-settings.ts';

/** How the application's sessions are. */
export interface ApplicationSession {
  /** The superuser's own where absent. */
  readonly role?: string;
  readonly searchPath?: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Planning may run functions that are called stable or immutable: for so long, in milliseconds. */
const planningTimeoutMs = 10_000;

/** Ours: what the role has set must not lift them. */
const own: ReadonlySet<string> = new Set(['default_transaction_read_only', 'plan_cache_mode']);

/**
 * Makes a superuser's session like one of the application, in which nothing can be written. Throws SqlError, 22023 or 42704 where the role isn't there.
 */
export async function becomeApplication(session: Session, { role, searchPath, settings }: ApplicationSession): Promise<void> {
  const set = (name: string, value: string) => session.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
  if (role !== undefined) {
    for (const { name, value } of await session.query<RoleSetting>(roleSettingsQuery, [role])) {
      if (own.has(name.toLowerCase())) continue;
      // One that no session can have, such as a tablespace that is gone, is left out, as a log-in would.
      // Tried in the server, since a failure must not end the transaction that we may be in.
      const body = `begin perform pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false); exception when others then null; end`;
      await session.execute(`do ${quoteLiteral(body)}`);
    }
  }
  for (const [name, value] of Object.entries(settings)) await set(name, value);
  if (searchPath !== undefined) await set('search_path', searchPath.map(quoteIdentifier).join(', '));
  await set('plan_cache_mode', 'force_generic_plan');
  await set('lock_timeout', '5s');
  await set('statement_timeout', `${planningTimeoutMs}ms`);
  await set('default_transaction_read_only', 'on');
  if (role !== undefined) await set('role', role);
}
