import type { Session } from '../core/ports.ts';
import { quoteIdentifier } from '../sql/quote.ts';

/** How the application's sessions are. */
export interface ApplicationSession {
  /** The superuser's own where absent. */
  readonly role?: string;
  readonly searchPath?: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Planning may run functions that are called stable or immutable: for so long, in milliseconds. */
const planningTimeoutMs = 10_000;

/** What a role's sessions start with: `alter role … set`, in all databases first, then in this one. SET ROLE brings none of it. */
const roleSettingsQuery = `
select pg_catalog.split_part(s.setting, '=', 1) as name, pg_catalog.substr(s.setting, pg_catalog.strpos(s.setting, '=') + 1) as value
from pg_catalog.pg_db_role_setting d join pg_catalog.pg_roles r on r.oid = d.setrole cross join pg_catalog.unnest(d.setconfig) s(setting)
where r.rolname = $1 and d.setdatabase in (0, (select b.oid from pg_catalog.pg_database b where b.datname = pg_catalog.current_database()))
order by d.setdatabase, s.setting collate "C"`;

/** Ours: what the role has set must not lift them. */
const own: ReadonlySet<string> = new Set([
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'idle_session_timeout',
  'default_transaction_read_only',
  'plan_cache_mode',
  'role',
  'session_authorization',
]);

/**
 * Makes a superuser's session like one of the application, in which nothing can be written. Throws SqlError, 22023 or 42704 where the role isn't there.
 */
export async function becomeApplication(session: Session, { role, searchPath, settings }: ApplicationSession): Promise<void> {
  const set = (name: string, value: string) => session.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
  if (role !== undefined) {
    for (const { name, value } of await session.query<{ name: string; value: string }>(roleSettingsQuery, [role])) {
      if (!own.has(name.toLowerCase())) await set(name, value);
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
