import type { Invariant } from '../../config/schema.ts';
import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import type { Seen } from './expectation.ts';

export type Tried =
  | { readonly kind: 'seen'; readonly seen: Seen }
  /** What comes before the check's last statement failed: its settings, its role, or the breaking. */
  | { readonly kind: 'not-run'; readonly what: 'settings' | 'role' | 'breaking'; readonly sql: SqlErrorFields };

/** Limits for the check and the breaking: nobody else works on the clone, so a lock that can't be had is our own fault. */
const limits = "set local statement_timeout = '10min'; set local lock_timeout = '10s'";

/**
 * Settings that production gives the role at log-in (ALTER ROLE … SET), which SET ROLE leaves out. Time limits are left to us.
 */
const roleSettingsQuery = `
select pg_catalog.split_part(c, '=', 1) as name, pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) as value
from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) with ordinality as u (c, n)
where s.setrole = (select r.oid from pg_catalog.pg_roles r where r.rolname = $1)
  and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
  and c !~ '^(statement|lock|transaction|idle_in_transaction_session|idle_session)_timeout='
order by s.setdatabase, u.n`;

/**
 * Runs an invariant's SQL once, in a transaction that is always rolled back: as its role, with its settings, after `breaking` if there is any.
 * The session must be a superuser's. Of several statements the last one is judged.
 */
export async function tryCheck(session: Session, invariant: Invariant, breaking?: (session: Session) => Promise<void>): Promise<Tried> {
  await session.execute('begin');
  try {
    await session.execute(limits);
    if (breaking !== undefined) {
      const failed = await failureOf(() => breaking(session));
      if (failed !== undefined) return { kind: 'not-run', what: 'breaking', sql: failed };
    }
    const unset = await failureOf(() => applySettings(session, invariant));
    if (unset !== undefined) return { kind: 'not-run', what: 'settings', sql: unset };
    const { role } = invariant;
    const refused = role === undefined ? undefined : await failureOf(() => session.execute(`set local role ${quoteIdentifier(role)}`));
    if (refused !== undefined) return { kind: 'not-run', what: 'role', sql: refused };
    return { kind: 'seen', seen: await see(session, invariant) };
  } finally {
    await session.execute('rollback');
  }
}

async function applySettings(session: Session, { role, settings }: Invariant): Promise<void> {
  if (role !== undefined) {
    for (const { name, value } of await session.query<{ name: string; value: string }>(roleSettingsQuery, [role])) {
      // A setting that can only be made at a server's or session's start is left out.
      await session.execute('savepoint role_setting');
      const failed = await failureOf(() => session.query('select pg_catalog.set_config($1, $2, true)', [name, value]));
      if (failed !== undefined) await session.execute('rollback to savepoint role_setting');
    }
  }
  for (const [name, value] of Object.entries(settings)) await session.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
}

async function see(session: Session, { sql, expect }: Invariant): Promise<Seen> {
  const statements = statementTexts(sql);
  const last = statements.at(-1) ?? '';
  try {
    for (const statement of statements.slice(0, -1)) await session.execute(statement);
    if ('value' in expect) {
      const rows = await session.query<Record<string, unknown>>(last);
      return { kind: 'value', rows: rows.length, value: Object.values(rows[0] ?? {})[0] ?? null };
    }
    const result = (await session.execute(last)).at(-1);
    // A deferred constraint would speak up only at the commit that never comes.
    if ('error' in expect) await session.execute('set constraints all immediate');
    return { kind: 'rows', rows: result?.rows ?? null };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { kind: 'error', sql: { ...error.fields, statement: last } };
  }
}

async function failureOf(run: () => Promise<unknown>): Promise<SqlErrorFields | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.fields;
  }
}
