import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { transactionVerb } from '../sql/transaction-verb.ts';
import type { FailedInMigration } from './failed-statement.ts';

/** What a trial may take, in milliseconds: nobody else works on the clone, and queries may read large tables. */
const limits = `set local lock_timeout = 10000; set local statement_timeout = 120000`;

/** What a role or database says about the search path, the nearer first. */
const searchPathQuery = `
select pg_catalog.substr(c, 13) as path
from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
where c like 'search\\_path=%' and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
  and s.setrole in (0, coalesce((select r.oid from pg_catalog.pg_roles r where r.rolname = $1), 0))
order by s.setrole = 0, s.setdatabase = 0
limit 1`;

/**
 * Puts the database into the state in which a statement failed, hands over the text with which it can be tried in a transaction, and undoes everything. Messages are English
 * meanwhile. Undefined where the state can't be made again.
 */
export async function inTrial<T>(admin: Session, failed: FailedInMigration, use: (statement: string) => Promise<T>): Promise<T | undefined> {
  const [row] = await admin.query<{ path: string }>(searchPathQuery, [failed.migrator]);
  await admin.execute('begin');
  try {
    await admin.execute(limits);
    await admin.execute(`set local lc_messages = 'C'`);
    if (row !== undefined) await admin.execute(`set local search_path = ${row.path}`);
    await admin.query(`select pg_catalog.set_config('role', $1, true)`, [failed.migrator]);
    for (const text of failed.preceding) if (transactionVerb(text) === 'none') await admin.execute(withoutConcurrently(text));
    await admin.execute('reset role');
    return await use(withoutConcurrently(failed.statement));
  } catch (error) {
    if (error instanceof SqlError && !error.fields.sqlstate.startsWith('08')) return undefined;
    throw error;
  } finally {
    await admin.execute('rollback').catch(() => undefined);
  }
}

/** A statement that may run in a transaction and makes the same: without CONCURRENTLY. */
export function withoutConcurrently(statement: string): string {
  const found = significantTokens(statement, 12).find(({ keyword }) => keyword === 'CONCURRENTLY');
  return found === undefined ? statement : `${statement.slice(0, found.start)}${statement.slice(found.end)}`;
}
