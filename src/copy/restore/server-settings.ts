import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { SourceFacts } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { listElements, parseStoredSetting, settingClause } from './setting-value.ts';

/** Libraries that work by themselves, on other servers or on the clock: a copy never loads them. */
const workers = new Set(['pg_cron', 'pg_net', 'pg_partman_bgw', 'pglogical', 'pgactive', 'bdr', 'repmgr', 'pgautofailover', 'pgagent', 'pg_task']);

/** What our own sessions on a clone keep, whatever production sets for everybody: they count and compare, and log in by SCRAM. */
const ownSettings: readonly (readonly [name: string, value: string, since: number])[] = [
  ['statement_timeout', '0', 0],
  ['lock_timeout', '0', 0],
  ['idle_in_transaction_session_timeout', '0', 0],
  ['idle_session_timeout', '0', 140_000],
  ['transaction_timeout', '0', 170_000],
  ['default_transaction_read_only', 'off', 0],
  ['password_encryption', 'scram-sha-256', 0],
];

/** The same as they are stored, `name=value`: nothing of production's. */
export const administratorSettings: readonly string[] = ownSettings.map(([name, value]) => `${name}=${value}`);

/**
 * Gives a server of ours the settings of production's server that change behaviour. They are written with ALTER SYSTEM, so that they lie in
 * the data folder, hold for every clone of it, and begin with a clone's start: the load itself is not touched by them.
 *
 * Returns what could not be set, or was left out on purpose, as sentences. Throws SqlError when the server is lost.
 */
export async function applyServerSettings(session: Session, facts: Pick<SourceFacts, 'serverSettings'>): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const [name, value, since] of ownSettings) {
    if (session.serverVersionNum >= since) await session.execute(`alter role current_user set ${name} = ${quoteLiteral(value)}`);
  }
  for (const setting of facts.serverSettings ?? []) {
    const wanted = await fitting(session, setting, notes);
    if (wanted === undefined) continue;
    try {
      const { name, value } = parseStoredSetting(wanted);
      // A name with a dot is unknown until somebody has set it.
      if (name.includes('.')) await session.query('select pg_catalog.set_config($1, $2, false)', [name, value]);
      await session.execute(`alter system ${settingClause(wanted)}`);
      if (name.includes('.')) await session.execute(`reset ${name.split('.').map(quoteIdentifier).join('.')}`);
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
      notes.push(`setting ${wanted} of production's server is not set in the copy: ${error.fields.message}`);
    }
  }
  return notes;
}

/**
 * Says where a server that others use too is set otherwise than production's, since nothing of it may be changed. Throws SqlError.
 */
export async function compareServerSettings(session: Session, facts: Pick<SourceFacts, 'serverSettings'>): Promise<readonly string[]> {
  const wanted = (facts.serverSettings ?? []).map(parseStoredSetting);
  const rows = await session.query<{ name: string; value: string }>(
    'select s.name, s.reset_val as "value" from pg_catalog.pg_settings s where s.name = any ($1) order by s.name collate "C"',
    [wanted.map(({ name }) => name)],
  );
  const there = new Map(rows.map(({ name, value }) => [name, value]));
  return wanted
    .filter(({ name, value }) => there.get(name) !== value)
    .map(({ name, value }) => `setting ${name} is ${value} on production's server, and ${there.get(name) ?? 'unknown'} here`);
}

/** The setting as this server can have it; undefined where nothing of it is left. */
async function fitting(session: Session, setting: string, notes: string[]): Promise<string | undefined> {
  const { name, value } = parseStoredSetting(setting);
  if (name === 'max_locks_per_transaction') {
    const [row] = await session.query<{ value: string }>("select pg_catalog.current_setting('max_locks_per_transaction') as value");
    return Number(value) > Number(row?.value) ? setting : undefined;
  }
  if (!/^(shared|session)_preload_libraries$/.test(name)) return setting;
  const kept: string[] = [];
  for (const library of listElements(value)) {
    const short = library.replace(/^.*\//, '').replace(/\.(so|dylib)$/, '');
    if (workers.has(short)) notes.push(`${name} of production's server names ${short}, which was left out on purpose: it works by itself`);
    else if (await hasLibrary(session, short)) kept.push(short);
    else notes.push(`${name} of production's server names ${short}, which the copy's server lacks: it was left out`);
  }
  return kept.length === 0 ? undefined : `${name}=${kept.map((library) => `"${library}"`).join(', ')}`;
}

/** Some libraries refuse to be loaded by a session: so their files are looked for. A server with one missing would not start. */
async function hasLibrary(session: Session, library: string): Promise<boolean> {
  const [row] = await session.query<{ there: boolean }>(
    `select exists (
       select from pg_catalog.pg_config c, pg_catalog.unnest(array['.so', '.dylib']) as ending, pg_catalog.pg_stat_file(c.setting || '/' || $1 || ending, true) as file
        where c.name = 'PKGLIBDIR' and file.size is not null) as there`,
    [library],
  );
  return row?.there === true;
}
