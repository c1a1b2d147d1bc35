import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { withOwnServer } from '../../../test/support/own-server.ts';
import { RelayError, SqlError } from '../../core/failure.ts';
import type { ConnectOptions, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { connect } from './connect.ts';

async function open(address: Address, options?: ConnectOptions): Promise<Session> {
  const opened = await connect(address, options);
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

const filled = `create table big as select g as a, repeat(md5(g::text), 8) as t from generate_series(1, 40000) g;
  create table small as select g as a from generate_series(1, 3) g; create table empty (a int)`;
const hollow = 'create table big (a int, t text); create table small (a int); create table empty (a int)';
const hash = "select md5(string_agg(a || t, ',' order by a)) as hash, count(*)::int as rows from big";

async function between(
  major: 15 | 18,
  use: (source: Address, target: Address, runs: Record<'source' | 'target', (sql: string) => Promise<unknown>>) => Promise<void>,
) {
  await withDatabase(major, filled, async (source, runSource) => {
    await withDatabase(major, hollow, (target, runTarget) => use(source, target, { source: runSource, target: runTarget }));
  });
}

async function relayError(relaying: Promise<unknown>): Promise<{ readonly side: string; readonly place: number; readonly sqlstate: string }> {
  const error = await relaying.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(RelayError);
  const { side, place, cause } = error as RelayError;
  expect(cause).toBeInstanceOf(SqlError);
  return { side, place, sqlstate: (cause as SqlError).fields.sqlstate };
}

const oneTable = { out: 'copy big to stdout', into: 'copy big from stdin' };

test.each([
  [15, 'text'],
  [18, 'binary'],
] as const)('several tables are one transaction, in order, frozen: %i, %s', async (major, format) => {
  await between(major, async (fromAddress, toAddress, run) => {
    await using from = await open(fromAddress);
    await using to = await open(toAddress);
    let heard = 0;
    const relayed = await from.relayCopy(to, {
      out: ['big', 'empty', 'small'].map((name) => `copy ${name} to stdout (format ${format})`).join(';'),
      into: ['big', 'empty', 'small'].map((name) => `truncate ${name}; copy ${name} from stdin (freeze, format ${format})`).join(';'),
      onData: (rows) => {
        heard += rows;
      },
    });
    expect(relayed).toEqual({ given: [40000, 0, 3], taken: [40000, 0, 3] });
    expect(heard).toBe(40003);
    expect(await to.query(hash)).toEqual(await from.query(hash));
    expect(await run.target('create extension pg_visibility; select 1')).toBeDefined();
    expect(await to.query("select count(*)::int as settled from pg_visibility('big') where all_frozen and pd_all_visible")).not.toEqual([{ settled: 0 }]);
    expect(await to.query('select a from small order by a')).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });
});

test('an error of the source is its own; the target has nothing of it, and both go on', async () => {
  await between(15, async (fromAddress, toAddress) => {
    await using from = await open(fromAddress);
    await using to = await open(toAddress);
    const broken = { out: 'copy small to stdout; copy (select a, 1 / (a - 30000) from big) to stdout', into: 'copy small from stdin; copy big from stdin' };
    expect(await relayError(from.relayCopy(to, broken))).toEqual({ side: 'source', place: 1, sqlstate: '22012' });
    expect(await relayError(from.relayCopy(to, { ...oneTable, out: 'copy gone to stdout' }))).toEqual({ side: 'source', place: 0, sqlstate: '42P01' });
    expect(await to.query('select (select count(*)::int from small) as small, (select count(*)::int from big) as big')).toEqual([{ small: 0, big: 0 }]);
    expect(await from.relayCopy(to, oneTable)).toEqual({ given: [40000], taken: [40000] });
  });
});

test('an error of the target is its own; it goes on, and the source was told to stop', async () => {
  await between(18, async (fromAddress, toAddress, run) => {
    await using to = await open(toAddress);
    await run.target('alter table big add check (a < 20000)');
    await using from = await open(fromAddress);
    // Far more than any socket's buffer holds: the source can't have come to its end before the target refuses.
    const endless = { out: 'copy (select a, t from big, generate_series(1, 50)) to stdout', into: 'copy big from stdin' };
    expect(await relayError(from.relayCopy(to, endless))).toEqual({ side: 'target', place: 0, sqlstate: '23514' });
    await expect(from.query('select 1')).rejects.toThrow('not read to its end');
    await using again = await open(fromAddress);
    expect(await relayError(again.relayCopy(to, { ...oneTable, into: 'copy gone from stdin' }))).toEqual({ side: 'target', place: 0, sqlstate: '42P01' });
    await to.execute('alter table big drop constraint big_a_check');
    await using last = await open(fromAddress);
    expect(await last.relayCopy(to, oneTable)).toEqual({ given: [40000], taken: [40000] });
  });
});

test.each(['source', 'target'] as const)('a %s that vanishes in the middle is the one that is named', async (side) => {
  await between(15, async (fromAddress, toAddress, run) => {
    const from = await open(fromAddress);
    const to = await open(toAddress);
    const pid = (side === 'source' ? from : to).backendPid;
    let struck = false;
    const relaying = from.relayCopy(to, {
      out: 'copy (select a, t from big, generate_series(1, 50)) to stdout',
      into: 'copy big from stdin',
      onData: () => {
        if (struck) return;
        struck = true;
        void run[side](`select pg_terminate_backend(${pid})`);
      },
    });
    expect(await relayError(relaying)).toEqual({ side, place: 0, sqlstate: '08006' });
    await Promise.all([from.close(), to.close()]);
    await using check = await open(toAddress);
    expect(await check.query('select count(*)::int as rows from big')).toEqual([{ rows: 0 }]);
  });
});

test('an interrupt ends both sides at once', async () => {
  await between(18, async (fromAddress, toAddress, run) => {
    const stop = new AbortController();
    const from = await open(fromAddress, { signal: stop.signal });
    const to = await open(toAddress, { signal: stop.signal });
    const relaying = from.relayCopy(to, {
      out: 'copy (select a, t from big, generate_series(1, 1000000)) to stdout',
      into: 'copy big from stdin',
      onData: () => stop.abort(),
    });
    expect((await relayError(relaying)).sqlstate).toBe('57014');
    await Promise.all([from.close(), to.close()]);
    expect(await run.source(`select 1 from pg_stat_activity where pid = ${from.backendPid} and state = 'active'`)).toMatchObject({ rows: [] });
  });
});

test.each(['disable', 'require'] as const)('rows wait in the source while the target is slow, and come whole: tls %s', async (tls) => {
  await withOwnServer(15, { tls: true, hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
    const waiting: Address = { ...tcp, tls };
    await using from = await open(waiting);
    await from.execute(filled);
    await withDatabase(
      15,
      `${hollow}; create function slow() returns trigger language plpgsql as $$ begin if new.a % 2000 = 0 then perform pg_sleep(0.05); end if; return new; end $$;
      create trigger slow before insert on big for each row execute function slow()`,
      async (toAddress) => {
        await using to = await open(toAddress);
        expect(await from.relayCopy(to, oneTable)).toEqual({ given: [40000], taken: [40000] });
        expect(await to.query(hash)).toEqual(await from.query(hash));
      },
    );
  });
});
