import type { Session } from '../../core/ports.ts';
import { quoteLiteral } from '../../sql/quote.ts';

/**
 * What could change how a server writes names, constants and expressions, or make it slow: each fixed for the transaction. JIT compilation would take longer
 * than the queries themselves.
 */
const settings = [
  `set local search_path = ''`,
  `set local datestyle = 'ISO, MDY'`,
  `set local intervalstyle = 'postgres'`,
  `set local timezone = 'UTC'`,
  `set local extra_float_digits = 3`,
  `set local bytea_output = 'hex'`,
  `set local lc_monetary = 'C'`,
  `set local lc_numeric = 'C'`,
  `set local quote_all_identifiers = off`,
  `set local standard_conforming_strings = on`,
  `set local jit = off`,
  `set local max_parallel_workers_per_gather = 0`,
  `set local work_mem = '32MB'`,
];

const begin = 'begin isolation level repeatable read, read only';

/**
 * Runs queries of one session at one instant, in a read-only transaction with fixed settings. Throws SqlError.
 *
 * @param snapshot an exported snapshot to read at, which is another session's
 */
export async function inSnapshot<T>(session: Session, use: () => Promise<T>, snapshot?: string): Promise<T> {
  const taken = snapshot === undefined ? [] : [`set transaction snapshot ${quoteLiteral(snapshot)}`];
  await session.execute([begin, ...taken, ...settings].join('; '));
  try {
    return await use();
  } finally {
    // A session that is gone has nothing to roll back.
    await session.execute('rollback').catch(() => undefined);
  }
}

/** The same for two sessions at once, whose servers needn't wait for each other. Throws SqlError. */
export async function inSnapshots<T>(sessions: readonly Session[], use: () => Promise<T>): Promise<T> {
  const each = (sql: string) => Promise.allSettled(sessions.map((session) => session.execute(sql)));
  try {
    for (const one of await each([begin, ...settings].join('; '))) if (one.status === 'rejected') throw one.reason;
    return await use();
  } finally {
    await each('rollback');
  }
}

/**
 * Makes the planner read catalogs from end to end and join them by hashes. A database that was just restored has no statistics on its catalogs yet, and a
 * nested loop over thousands of tables takes minutes where this takes less than a second; a merge join sorts all columns of the database first.
 */
export async function readingAll(session: Session): Promise<void> {
  await session.execute('set local enable_nestloop = off; set local enable_mergejoin = off');
}

/** Lets the planner look single objects up. */
export const readingSome = 'set local enable_nestloop = on';
