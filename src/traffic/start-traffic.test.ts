import pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { untilTrue } from '../../test/support/until-true.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import type { TrafficSettings } from '../config/schema.ts';
import type { Address } from '../core/server.ts';
import { startTraffic, type TrafficOptions } from './start-traffic.ts';

type Run = (sql: string) => Promise<pg.QueryResult>;

const still: TrafficSettings = {
  enabled: true,
  settings: {},
  maxTables: 8,
  everyMs: 10,
  longReaderSeconds: 0,
  longReader: 'once',
  stallMs: 1000,
  queued: 'report',
  cachedPlans: 'report',
};

function options(admin: Address, settings: Partial<TrafficSettings> = {}, more: Partial<TrafficOptions> = {}): TrafficOptions {
  const startedAt = performance.now();
  return { admin, elapsedMs: () => performance.now() - startedAt, settings: { ...still, ...settings }, lastRoundMs: 100, ...more };
}

/** A session of the migration, which holds what it locks. */
async function withClient<T>(address: Address, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database, application_name: 'migration' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Who waits for a lock, by name, and for whom. */
async function waiting(run: Run): Promise<readonly { name: string; pid: number; blockers: number[] }[]> {
  const { rows } = await run(
    `select application_name as name, pid, pg_blocking_pids(pid) as blockers from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' order by 1`,
  );
  return rows;
}

async function untilWaiting(run: Run, names: readonly string[]): Promise<void> {
  const wanted = names.map((name) => (name === 'migration' ? name : `pgrehearse ${name}`)).toSorted();
  await untilTrue(`these wait: ${wanted.join(', ')}`, async () => JSON.stringify((await waiting(run)).map(({ name }) => name)) === JSON.stringify(wanted));
}

const sessionsLeft = async (run: Run) =>
  (await run(`select from pg_stat_activity where application_name like 'pgrehearse %' and datname = current_database()`)).rowCount;

test.each([15, 18] as const)('a queue behind a long reader stalls everybody: reader, ALTER, long reader, on %i', async (major) => {
  await withDatabase(major, 'create table invoice (id int primary key, total int); insert into invoice values (1, 1)', async (address, run) => {
    // An hour: the queue lasts until the traffic ends it.
    await using traffic = unwrap(await startTraffic(testContext(), options(address, { longReaderSeconds: 3600 })));
    await withClient(address, async (client) => {
      const altering = client.query('alter table invoice add column paid boolean');
      const names = ['prepared statements on public.invoice', 'reader of public.invoice', 'writer of public.invoice'];
      await untilWaiting(run, ['migration', ...names]);
      const waits = await waiting(run);
      const report = await traffic.stop();
      await altering;
      expect(await sessionsLeft(run)).toBe(0);
      expect(report.without).toEqual([]);
      expect(report.stalls.map(({ session }) => session).toSorted()).toEqual(names);
      expect(report.stalls.every(({ unfinished }) => unfinished)).toBe(true);
      const long = report.sessions.find(({ kind }) => kind === 'long-reader');
      const blockersOf = (name: string) => waits.find((wait) => wait.name === name)?.blockers;
      expect(blockersOf('migration')).toEqual([long?.pid]);
      expect(blockersOf('pgrehearse reader of public.invoice')).toContain(waits.find(({ name }) => name === 'migration')?.pid);
    });
  });
});
