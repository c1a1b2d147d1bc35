import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { Known } from '../../core/production.ts';

/** What could change how a server writes values, fixed so that the same rows always read the same; and rows that a policy hides are an error, not absent. */
const fixed = [
  `search_path = ''`,
  'row_security = off',
  `datestyle = 'ISO, MDY'`,
  `intervalstyle = 'postgres'`,
  `timezone = 'UTC'`,
  'extra_float_digits = 3',
  `bytea_output = 'hex'`,
]
  .map((setting) => `set local ${setting}`)
  .join('; ');

/**
 * Reads something of production in a read-only transaction of its own. An error of the server means that it isn't known, and says why; a lost connection is
 * thrown on, since nothing more can be read then.
 *
 * @param snapshot an exported snapshot to read at; the present unless given
 */
export async function inTransaction<T>(session: Session, read: () => Promise<T>, snapshot?: string): Promise<Known<T>> {
  const taken = snapshot === undefined ? '' : `; set transaction snapshot '${snapshot.replaceAll("'", "''")}'`;
  await session.execute(`begin transaction isolation level repeatable read, read only${taken}; ${fixed}`);
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof SqlError) || /^(08|57P)/.test(error.fields.sqlstate)) throw error;
    return { unknown: error.fields.message };
  } finally {
    // A session that is gone has nothing to roll back.
    await session.execute('rollback').catch(() => undefined);
  }
}
