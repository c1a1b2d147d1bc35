import pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { failure } from '../core/failure.ts';
import type { Address } from '../core/server.ts';
import { type Attempt, attemptOf, rehearseRetries, withLockTimeout } from './rehearse-retries.ts';

const invoice = 'create table invoice (id int primary key, total int); insert into invoice values (1, 1)';
const settings = {
  enabled: true,
  settings: {},
  maxTables: 8,
  everyMs: 10,
  longReaderSeconds: 3600,
  longReader: 'once',
  queued: 'report',
} as const;

/** Runs one statement as a deploy does, and tells how it ended. */
async function attempt({ host, port, user, database, options = '' }: Address, sql: string): Promise<Attempt> {
  const client = new pg.Client({ host, port, user, database, options });
  await client.connect();
  try {
    await client.query(sql);
    return attemptOf(undefined);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    return attemptOf(failure('check-failed', error.message, { sql: { sqlstate: error.code ?? '', message: error.message } }));
  } finally {
    await client.end();
  }
}

test.each([15, 18] as const)('it gives up when the tries are used up, succeeds once the lock can be had, and fails of anything else, on %i', async (major) => {
  await withDatabase(major, invoice, async (address, run) => {
    const tries: Address[] = [];
    const rehearse = async (sql: string, retries: number, before?: (times: number) => Promise<unknown>) => {
      tries.length = 0;
      const migrate = async (migrator: Address) => {
        tries.push(migrator);
        await before?.(tries.length);
        return await attempt(migrator, sql);
      };
      const traffic = { admin: address, settings, lastRoundMs: 5000 };
      const { rehearsal } = unwrap(await rehearseRetries(testContext(), { lockTimeoutMs: 20, retries, pauseMs: 1, traffic, migrator: address, migrate }));
      return rehearsal;
    };
    const alter = 'alter table invoice add column paid boolean';
    expect(await rehearse(alter, 2)).toMatchObject({ lockTimeoutMs: 20, retries: 2, outcome: 'gave-up', attempts: 3 });
    expect(tries.map(({ options }) => options)).toEqual(Array(3).fill('-c lock_timeout=20'));

    // The long reader goes before the second try.
    const endReader = (times: number) =>
      times < 2
        ? Promise.resolve()
        : run(`select pg_terminate_backend(pid, 60000) from pg_stat_activity where application_name = 'pgrehearse long reader of public.invoice'`);
    // A canary's own lock is short, but on a busy machine it may last longer than 20 ms: so there are many tries.
    const freed = await rehearse(alter, 100, endReader);
    expect(freed).toMatchObject({ outcome: 'succeeded', retries: 100 });
    expect(freed.attempts).toBeGreaterThan(1);

    const failed = await rehearse('alter table nowhere add column paid boolean', 5);
    expect(failed).toMatchObject({ outcome: 'failed', attempts: 1, why: 'relation "nowhere" does not exist' });
    expect((await run(`select from pg_stat_activity where application_name like 'pgrehearse %' and datname = current_database()`)).rowCount).toBe(0);
  });
});

test('a lock timeout is known by its SQLSTATE, or by the words of a tool that tells none', () => {
  const told = failure(
    'command-failed',
    'alembic upgrade head ended with exit code 1. psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout',
  );
  expect(attemptOf(told)).toEqual({ kind: 'lock-timeout' });
  const other = failure('command-failed', 'alembic upgrade head ended with exit code 1');
  expect(attemptOf(other)).toEqual({ kind: 'failed', failure: other });
  const address: Address = { host: 'h', port: 1, database: 'd', user: 'u', tls: 'disable', options: '-c x=1' };
  expect(withLockTimeout(address, 5).options).toBe('-c x=1 -c lock_timeout=5');
});
