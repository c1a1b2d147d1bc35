import { SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { hideSecretSettings } from './hide-secret-settings.ts';

/** Settings of a whole server that change what SQL does, and not only how fast; docs/decisions/0005-copy.md says why for each. */
const behaviourSettings = [
  'array_nulls',
  'backslash_quote',
  'bytea_output',
  'check_function_bodies',
  'createrole_self_grant',
  'datestyle',
  'deadlock_timeout',
  'default_table_access_method',
  'default_text_search_config',
  'default_toast_compression',
  'default_transaction_deferrable',
  'default_transaction_isolation',
  'event_triggers',
  'extra_float_digits',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'intervalstyle',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
  'lo_compat_privileges',
  'lock_timeout',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'password_encryption',
  'row_security',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'standard_conforming_strings',
  'statement_timeout',
  'timezone',
  'timezone_abbreviations',
  'transaction_timeout',
  'transform_null_equals',
  'xmlbinary',
  'xmloption',
];

/** Only a member of pg_read_all_settings sees these. */
const forFew = ['shared_preload_libraries', 'session_preload_libraries'];

interface Row {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** What a new session starts with; settings of extensions and the team's own, which have a dot in their names, too. */
const settingsQuery = `
  select s.name, s.reset_val as "value", s.source = 'default' or s.reset_val is not distinct from s.boot_val as "isDefault"
    from pg_catalog.pg_settings s
   where (pg_catalog.lower(s.name) = any ($1) or s.name like '%.%') and s.reset_val is not null
   order by s.name collate "C"`;

export type ServerSettings = Pick<SourceFacts, 'serverSettings' | 'unknown'>;

/**
 * The settings of the source's server that change behaviour and aren't Postgres' own defaults. Our reading sessions bring limits of their own,
 * which would hide the server's: so one more session asks this one question, and ends.
 *
 * @param facts what databases and roles set for themselves comes with them, and hides what the server says.
 */
export async function readServerSettings(
  context: Context,
  address: Address,
  facts: Pick<SourceFacts, 'database' | 'databaseSettings' | 'roles'>,
): Promise<ServerSettings> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse settings', signal: context.signal });
  if (!connected.ok) return { unknown: ['settings of the server: no further session could be opened to ask for them'] };
  await using session = connected.value;
  try {
    // Operators that somebody put into a schema which the database searches first would be called in our name. What new sessions start with stays as it is.
    await session.execute("set search_path = ''");
    return await read(session, address, facts);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { unknown: [`settings of the server: ${error.fields.message}`] };
  }
}

async function read(session: Session, address: Address, facts: Pick<SourceFacts, 'database' | 'databaseSettings' | 'roles'>): Promise<ServerSettings> {
  const rows = await session.query<Row>(settingsQuery, [behaviourSettings]);
  const nameOf = (setting: string) => setting.slice(0, setting.indexOf('=')).toLowerCase();
  const byDatabase = new Set(facts.databaseSettings.map(nameOf));
  const role = facts.roles.find(({ name }) => name === address.user);
  const byRole = new Set([...(role?.settings[''] ?? []), ...(role?.settings[facts.database] ?? [])].map(nameOf));
  const byUs = (name: string) => address.options?.toLowerCase().includes(name) === true;
  const unknown: string[] = [];
  const settings: string[] = [];
  for (const { name, value, isDefault } of rows) {
    const key = name.toLowerCase();
    if (byRole.has(key) || byUs(key)) unknown.push(`setting ${name} of the server: the reading role has its own`);
    else if (!isDefault && !byDatabase.has(key)) settings.push(`${name}=${value}`);
  }
  const seen = new Set(rows.map(({ name }) => name));
  unknown.push(...forFew.filter((name) => !seen.has(name)).map((name) => `setting ${name} of the server: only a member of pg_read_all_settings may see it`));
  const shown = hideSecretSettings(settings);
  return {
    serverSettings: shown.settings.filter((setting) => !shown.hidden.some((name) => setting.startsWith(`${name}=`))),
    unknown: [...unknown, ...shown.hidden.map((name) => `setting ${name} of the server: its name says that it is a secret, so its value was not kept`)],
  };
}
