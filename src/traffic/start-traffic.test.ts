import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { untilTrue } from '../../test/support/until-true.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { readRowVolumes } from '../check/row-bounds/read-row-volumes.ts';
import type { TrafficSettings } from '../config/schema.ts';
import type { Address } from '../core/server.ts';
import type { TrafficReport } from '../core/traffic.ts';
import { startTraffic, type TrafficOptions } from './start-traffic.ts';
import { worstStalls } from './worst-stalls.ts';

type Run = (sql: string) => Promise<pg.QueryResult>;

const majors = [15, 18] as const;

const still: TrafficSettings = {
  enabled: true,
  settings: {},
  maxTables: 8,
  everyMs: 10,
  longReaderSeconds: 0,
  longReader: 'once',
  queued: 'report',
};

function options(admin: Address, settings: Partial<TrafficSettings> = {}, more: Partial<TrafficOptions> = {}): TrafficOptions {
  const startedAt = performance.now();
  return { admin, elapsedMs: () => performance.now() - startedAt, settings: { ...still, ...settings }, ...more };
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

interface Waiting {
  readonly name: string;
  readonly pid: number;
  readonly blockers: readonly number[];
}

/** Who waits for a lock, by name, and for whom. */
async function waiting(run: Run): Promise<readonly Waiting[]> {
  const { rows } = await run(
    `select application_name as name, pid, pg_blocking_pids(pid) as blockers from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' order by 1`,
  );
  return rows;
}

async function untilWaiting(run: Run, names: readonly string[]): Promise<void> {
  const wanted = JSON.stringify(names.toSorted());
  await untilTrue(
    `these wait: ${wanted}`,
    async () => JSON.stringify((await waiting(run)).map(({ name }) => name.replace('pgrehearse ', '')).toSorted()) === wanted,
  );
}

async function sessionsLeft(run: Run): Promise<number | null> {
  return (await run(`select from pg_stat_activity where application_name like 'pgrehearse %' and datname = current_database()`)).rowCount;
}

const kinds = (report: TrafficReport) => report.sessions.map(({ kind, table }) => `${kind} ${table}`);
const errors = (report: TrafficReport) =>
  report.sessions.flatMap((session) =>
    session.errors.map(({ sqlstate, statement }) => `${session.kind} ${sqlstate}${statement === undefined ? '' : ` ${statement}`}`),
  );

const invoice = 'create table invoice (id int primary key, total int); insert into invoice select n, n from generate_series(1, 10) n';

test.each(majors)('a queue behind a long reader stalls everybody: reader, ALTER, long reader, on %i', async (major) => {
  await withDatabase(major, invoice, async (address, run) => {
    // An hour: the queue lasts until the traffic ends it. Who is stalled then can't do a last round.
    await using traffic = unwrap(await startTraffic(testContext(), options(address, { longReaderSeconds: 3600 }, { lastRoundMs: 500 })));
    await withClient(address, async (client) => {
      const altering = client.query('alter table invoice add column paid boolean');
      const names = ['prepared statements on public.invoice', 'reader of public.invoice', 'writer of public.invoice'];
      await untilWaiting(run, ['migration', ...names]);
      const seen = await waiting(run);
      const report = await traffic.stop();
      await altering;
      expect(await sessionsLeft(run)).toBe(0);
      expect(report.without).toEqual([]);
      expect(report.stalls.map(({ session }) => session).toSorted()).toEqual(names);
      expect(report.stalls.every(({ unfinished }) => unfinished)).toBe(true);

      const waits = seen.map(({ pid, blockers }) => ({ pid, mode: '', fromMs: 0, toMs: 1e9, blockedBy: blockers, withinMs: 0 }));
      const migration = seen.find(({ name }) => name === 'migration')?.pid ?? 0;
      const stalls = worstStalls(report, { waits, connections: [] });
      const long = report.sessions.find(({ kind }) => kind === 'long-reader');
      for (const { chain, heldBy, session } of stalls) {
        expect(chain.map((wait) => wait.session ?? wait.pid)).toEqual([session, migration]);
        expect(heldBy).toEqual({ pid: long?.pid, session: 'long reader of public.invoice' });
      }
    });
  });
});

test.each(majors)('a writer waits wherever a real UPDATE does, and a reader where a real SELECT does, on %i', async (major) => {
  await withDatabase(major, invoice, async (address, run) => {
    await using traffic = unwrap(await startTraffic(testContext(), options(address)));
    const met: string[] = [];
    for (const mode of ['share update exclusive', 'share', 'share row exclusive', 'exclusive', 'access exclusive']) {
      await withClient(address, async (client) => {
        await client.query(`begin; lock table invoice in ${mode} mode`);
        const { rows } = await client.query('select clock_timestamp()::text as now');
        const ended = new Set<string>();
        const real = async (name: string, sql: string) => {
          await run(`set application_name = '${name}'; ${sql}`);
          ended.add(name);
        };
        const done = Promise.all([real('select', 'select from invoice where id = 1'), real('update', 'update invoice set total = total where id = 2')]);
        const decided = new Map<string, string>();
        await untilTrue(`canaries do as real sessions under ${mode}`, async () => {
          const { rows: found } = await run(
            `select application_name as name, wait_event_type = 'Lock' as waits, state = 'idle' and query_start > '${rows[0].now}' as ran
               from pg_stat_activity where datname = current_database() and application_name ~ '^(pgrehearse (reader|writer)|select|update)'`,
          );
          for (const [canary, own] of [
            ['reader', 'select'],
            ['writer', 'update'],
          ] as const) {
            const session = found.find(({ name }) => name.startsWith(`pgrehearse ${canary}`));
            if (session?.waits && found.find(({ name }) => name === own)?.waits) decided.set(canary, 'waits');
            if (session?.ran && ended.has(own)) decided.set(canary, 'goes on');
          }
          return decided.size === 2;
        });
        met.push(`${mode}: reader ${decided.get('reader')}, writer ${decided.get('writer')}`);
        await client.query('rollback');
        await done;
      });
    }
    expect(met).toEqual([
      'share update exclusive: reader goes on, writer goes on',
      'share: reader goes on, writer waits',
      'share row exclusive: reader goes on, writer waits',
      'exclusive: reader goes on, writer waits',
      'access exclusive: reader waits, writer waits',
    ]);
    expect(errors(await traffic.stop())).toEqual([]);
  });
});

test.each(majors)('sessions with prepared statements meet “cached plan must not change result type”, on %i', async (major) => {
  await withDatabase(major, invoice, async (address, run) => {
    await using first = unwrap(await startTraffic(testContext(), options(address)));
    await run('alter table invoice add column paid boolean');
    const added = await first.stop();
    expect(errors(added)).toEqual([`prepared 0A000 select * from public.invoice where id = '1'`]);
    await using second = unwrap(await startTraffic(testContext(), options(address)));
    await run('alter table invoice alter column total type bigint');
    const changed = await second.stop();
    // Which of them comes first is up to the machine.
    expect(errors(changed).toSorted()).toEqual([
      `prepared 0A000 select * from public.invoice where id = '1'`,
      `prepared 0A000 select id, total, paid from public.invoice where id = '1'`,
    ]);
    expect(changed.sessions.flatMap((session) => session.errors.map(({ message }) => message))[0]).toBe('cached plan must not change result type');
    // Both rounds were begun after the migration, though it was quicker than any pause.
    expect(changed.sessions.every(({ runs }) => runs > 0)).toBe(true);
  });
});

test('what traffic does is in no counter of written rows, fires no trigger and uses no sequence', async () => {
  const sql = `create table t (id serial primary key, total int generated always as (1) stored);
    insert into t default values;
    create table log (what text);
    create function note() returns trigger language plpgsql as $$ begin insert into log values ('fired'); return null; end $$;
    create trigger row_noted after update on t for each row execute function note();
    create trigger statement_noted after update on t for each statement execute function note()`;
  await withDatabase(18, sql, async (address, run) => {
    const context = testContext();
    const volumes = async () => {
      await using session = unwrap(await context.edge.postgres.connect(address));
      return await readRowVolumes(session);
    };
    const before = await volumes();
    const from = (await run('select last_value from t_id_seq')).rows;
    await using traffic = unwrap(await startTraffic(context, options(address)));
    await untilTrue('the writer has locked the row', async () => (await run(`select from t where xmax <> '0'`)).rowCount === 1);
    const report = await traffic.stop();
    expect(report.sessions.find(({ kind, table }) => kind === 'writer' && table === 'public.t')?.runs).toBeGreaterThan(0);
    expect(await volumes()).toEqual(before);
    expect((await run('select last_value from t_id_seq')).rows).toEqual(from);
  });
});

test('hostile names, no key, no row, partitions, inheritance, materialized views, columns without a name', async () => {
  const sql = `create schema "Odd ""one"""; create table "Odd ""one"""."it's; a\\ tablé" ("select" text, "b\\" text, primary key ("select", "b\\"));
    insert into "Odd ""one"""."it's; a\\ tablé" values ('a''b\\', 'é');
    create table keyless (a int); insert into keyless values (1);
    create table empty (id uuid primary key);
    create table bare ();
    create table part (id int, at date, primary key (id, at)) partition by range (at);
    create table part_1 partition of part for values from ('2026-01-01') to ('2026-02-01');
    create table part_2 partition of part for values from ('2026-02-01') to ('2026-03-01');
    insert into part values (1, '2026-01-05');
    create table parent (id int primary key); create table child () inherits (parent); insert into child values (1);
    create materialized view seen as select * from part;
    create view shown as select * from keyless;
    create table dated (at timestamptz primary key, n int); insert into dated values (now(), 1)`;
  await withDatabase(18, sql, async (address, run) => {
    await using traffic = unwrap(await startTraffic(testContext(), options(address, { maxTables: 50 })));
    const odd = `"Odd ""one"""."it's; a\\ tablé"`;
    expect(traffic.tables.toSorted()).toEqual(
      [odd, 'public.bare', 'public.child', 'public.dated', 'public.empty', 'public.keyless', 'public.parent', 'public.part', 'public.seen'].toSorted(),
    );
    await withClient(address, async (client) => {
      // Each partition's lock is met by those who use the whole.
      await client.query('begin; lock table part_2 in access exclusive mode');
      await untilTrue('reader and writer wait for the partition', async () => {
        const names = (await waiting(run)).map(({ name }) => name);
        return names.includes('pgrehearse reader of public.part') && names.includes('pgrehearse writer of public.part');
      });
      await client.query('rollback');
    });
    const report = await traffic.stop();
    expect(report.without).toEqual([]);
    expect(report.partitions).toEqual(['public.part_1', 'public.part_2']);
    expect(errors(report)).toEqual([]);
    expect(kinds(report).filter((kind) => kind.startsWith('writer')).length).toBe(8);
    expect(report.sessions.every(({ runs }) => runs > 0)).toBe(true);
    expect(await sessionsLeft(run)).toBe(0);
  });
});

test('the application’s role meets its own row policies and rights; what fails in peace is left out', async () => {
  const role = `app_${randomBytes(4).toString('hex')}`;
  const sql = `create role ${role} login;
    create table account (id int primary key, tenant text); insert into account select n, 't' || n % 3 from generate_series(1, 100) n;
    alter table account enable row level security; alter table account force row level security;
    create policy own on account using (tenant = current_setting('app.tenant')); grant select, update on account to ${role};
    create table narrow (id int primary key, secret text); insert into narrow values (1, 'x'); grant select (id), update on narrow to ${role};
    create table private (id int primary key)`;
  await withDatabase(18, sql, async (address, run) => {
    try {
      const application = { ...address, user: role };
      const tables = ['account', 'narrow', 'public.private', 'nowhere'];
      const settings = { tables, settings: { 'app.tenant': 't1' } };
      await using traffic = unwrap(await startTraffic(testContext(), options(address, settings, { application })));
      const report = await traffic.stop();
      expect(kinds(report)).toEqual([
        'prepared public.account',
        'reader public.account',
        'reader public.narrow',
        'writer public.account',
        'writer public.narrow',
      ]);
      // The row that it reads is one that its policy shows.
      expect(report.sessions.find(({ kind }) => kind === 'reader')?.statement).toBe(`select id from public.account where id = '1'`);
      const left = report.without.map(({ table, why }) => `${table}: ${why}`);
      expect(left).toContain('nowhere: the clone has no such table');
      expect(left).toContain('public.private: reader of public.private: permission denied for table private (SQLSTATE 42501): reader of public.private');
      expect(left.filter((one) => one.startsWith('public.narrow: prepared')).length).toBe(2);
      expect(errors(report)).toEqual([]);
      await using again = unwrap(await startTraffic(testContext(), options(address, settings, { application })));
      await run(`revoke all on account from ${role}`);
      expect(errors(await again.stop()).toSorted()).toEqual(
        ['reader 42501', 'writer 42501', ...Array(2).fill(expect.stringMatching(/^prepared 42501/))].toSorted(),
      );
    } finally {
      await run(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

test('an interrupted run leaves no session', async () => {
  await withDatabase(18, invoice, async (address, run) => {
    const controller = new AbortController();
    await withClient(address, async (client) => {
      const traffic = unwrap(await startTraffic(testContext(controller.signal), options(address, { longReaderSeconds: 3600 }, { lastRoundMs: 3_600_000 })));
      const altering = client.query('alter table invoice add column paid boolean');
      await untilTrue('everybody waits', async () => (await waiting(run)).length === 4);
      controller.abort();
      await traffic[Symbol.asyncDispose]();
      expect(await sessionsLeft(run)).toBe(0);
      await altering;
    });
  });
});

test('a session that the migration ends is reported, and the others go on', async () => {
  await withDatabase(18, invoice, async (address, run) => {
    await using traffic = unwrap(await startTraffic(testContext(), options(address)));
    await run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgrehearse reader of public.invoice'`);
    await untilTrue('it is gone', async () => (await sessionsLeft(run)) === 2);
    const report = await traffic.stop();
    expect(errors(report)).toEqual(['reader 08006']);
  });
});
