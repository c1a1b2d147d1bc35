import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { SqlError } from '../../core/failure.ts';
import type { ConnectOptions, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { connect } from './connect.ts';

async function open(address: Address, options?: ConnectOptions): Promise<Session> {
  const opened = await connect(address, options);
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

async function errorOf(promise: Promise<unknown>): Promise<SqlError> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(SqlError);
  return error as SqlError;
}

async function* rows(from: number, to: number) {
  for (let row = from; row < to; row++) yield `${row}\trow number ${row}\n`;
}

const majors = [15, 18] as const;

test.each(majors)('values come exact, or as text, on %i', async (major) => {
  await withDatabase(major, '', async (address) => {
    await using session = await open(address, { applicationName: 'types' });
    expect(Math.floor(session.serverVersionNum / 10_000)).toBe(major);
    const [row] = await session.query(
      `select 9007199254740993::bigint as big, 1.10::numeric as num, '{"a":[1,2]}'::jsonb as doc, true as yes, null as none,
        '2026-01-02 03:04:05.123456+00'::timestamptz::text is not null as dated, 'infinity'::timestamptz as never, '2026-01-02'::date as day,
        '1 day 2 hours'::interval as span, array['2026-01-02'::date] as days, array[1.10, 2]::numeric[] as nums, '\\x00ff'::bytea as bytes,
        pg_catalog.pg_backend_pid() as pid, pg_catalog.current_setting('application_name') as app, $1::text as given`,
      ['é'],
    );
    expect(row).toEqual({
      big: '9007199254740993',
      num: '1.10',
      doc: { a: [1, 2] },
      yes: true,
      none: null,
      dated: true,
      never: 'infinity',
      day: '2026-01-02',
      span: '1 day 02:00:00',
      days: ['2026-01-02'],
      nums: ['1.10', '2'],
      bytes: Buffer.from([0, 255]),
      pid: session.backendPid,
      app: 'types',
      given: 'é',
    });
  });
});

test.each(majors)('a batch tells the tag and rows of each statement on %i', async (major) => {
  await withDatabase(major, '', async (address) => {
    await using session = await open(address);
    const results = await session.execute(
      'create table t (a int primary key); insert into t select generate_series(1, 5); create unique index i on t (a); ; select * from t;',
    );
    expect(results).toEqual([
      { tag: 'CREATE TABLE', rows: null },
      { tag: 'INSERT', rows: 5 },
      { tag: 'CREATE INDEX', rows: null },
      { tag: 'SELECT', rows: 5 },
    ]);
  });
});

test('errors carry all fields, and the session goes on', async () => {
  await withDatabase(18, 'create table parent (id int primary key); create table child (p int constraint fk references parent)', async (address) => {
    await using session = await open(address);
    const wrong = await errorOf(session.query('select nonsense from parent'));
    expect(wrong.fields).toMatchObject({ sqlstate: '42703', position: 8, statement: 'select nonsense from parent' });
    const violated = await errorOf(session.query('insert into child values ($1)', [7]));
    expect(violated.fields).toMatchObject({ sqlstate: '23503', schema: 'public', table: 'child', constraint: 'fk' });
    expect(violated.fields.detail).toContain('(p)=(7)');
    const batch = await errorOf(session.execute('insert into parent values (1); insert into parent values (1)'));
    expect(batch.fields.sqlstate).toBe('23505');
    const copying = await errorOf(session.execute('copy parent from stdin'));
    expect(copying.fields.sqlstate).toBe('57014');
    expect(await errorOf(session.query('select 1; select 2'))).toMatchObject({ fields: { sqlstate: '42601' } });
    expect(await session.query('select count(*) from parent')).toEqual([{ count: '0' }]);
  });
});

test('calls at the same time wait for each other', async () => {
  await withDatabase(18, '', async (address) => {
    await using session = await open(address);
    const results = await Promise.all([1, 2, 3, 4, 5].map((n) => session.query('select $1::int as n', [n])));
    expect(results.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }]);
  });
});

test('notices are told', async () => {
  await withDatabase(18, '', async (address) => {
    await using session = await open(address);
    const heard: unknown[] = [];
    session.onNotice((notice) => heard.push(notice));
    await session.execute("do $$ begin raise warning 'look'; end $$");
    expect(heard).toEqual([{ severity: 'WARNING', message: 'look', sqlstate: '01000' }]);
  });
});

test.each(majors)('100,000 rows are copied out of one server and into another table, on %i', async (major) => {
  await withDatabase(major, 'create table a (n int, t text); create table b (n int, t text)', async (address) => {
    await using writer = await open(address);
    await pipeline(Readable.from(rows(0, 100_000)), writer.copyIn('copy a from stdin'));
    await using reader = await open(address);
    await pipeline(reader.copyOut('copy a to stdout (format binary)'), writer.copyIn('copy b from stdin (format binary)'));
    expect(await writer.query('select count(*)::int as n, sum(n)::text as sum, min(t) as first from b')).toEqual([
      { n: 100_000, sum: '4999950000', first: 'row number 0' },
    ]);
    expect(await reader.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

test('a slow reader holds the server back', async () => {
  await withDatabase(18, '', async (address) => {
    await using session = await open(address);
    let bytes = 0;
    let buffered = 0;
    const out = session.copyOut("copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout");
    await pipeline(
      out,
      new Writable({
        highWaterMark: 1024,
        write(chunk: Buffer, _, callback) {
          bytes += chunk.length;
          buffered = Math.max(buffered, out.readableLength);
          setImmediate(callback);
        },
      }),
    );
    expect(bytes).toBe(100_100_000);
    expect(buffered).toBeLessThan(1024 * 1024);
  });
});

test('a row that the server refuses ends the copy with its error', async () => {
  await withDatabase(18, 'create table t (n int, t text)', async (address) => {
    await using session = await open(address);
    async function* bad() {
      yield* rows(0, 50_000);
      yield 'not a number\tx\n';
      yield* rows(0, 50_000);
    }
    const refused = await errorOf(pipeline(Readable.from(bad()), session.copyIn('copy t from stdin')));
    expect(refused.fields).toMatchObject({ sqlstate: '22P02', statement: 'copy t from stdin' });
    expect(refused.fields.where).toContain('line 50001');
    expect(await errorOf(pipeline(Readable.from(rows(0, 3)), session.copyIn('copy missing from stdin')))).toMatchObject({ fields: { sqlstate: '42P01' } });
    expect(await errorOf(session.copyOut('copy missing to stdout').toArray())).toMatchObject({ fields: { sqlstate: '42P01' } });
    expect(await errorOf(session.copyOut('copy (select 1 / (5 - n) from generate_series(1, 9) n) to stdout').toArray())).toMatchObject({
      fields: { sqlstate: '22012' },
    });
    expect(await session.query('select count(*)::int as n from t')).toEqual([{ n: 0 }]);
  });
});

test('a copy whose rows can’t be made leaves nothing in the table', async () => {
  await withDatabase(18, 'create table t (n int, t text)', async (address) => {
    await using session = await open(address);
    async function* broken() {
      yield* rows(0, 1000);
      throw new Error('the maker of rows broke');
    }
    await expect(pipeline(Readable.from(broken()), session.copyIn('copy t from stdin'))).rejects.toThrow('the maker of rows broke');
    expect(await session.query('select count(*)::int as n from t')).toEqual([{ n: 0 }]);
    // Before the statement was even sent.
    session
      .copyIn('copy t from stdin')
      .on('error', () => {})
      .destroy(new Error('changed my mind'));
    expect(await session.query('select count(*)::int as n from t')).toEqual([{ n: 0 }]);
  });
});

test('a copy that is not read to its end ends its session and frees the server', async () => {
  await withDatabase(18, '', async (address, run) => {
    await using session = await open(address);
    for await (const _ of session.copyOut("copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout")) break;
    expect(await errorOf(session.query('select 1'))).toMatchObject({ fields: { sqlstate: '08003' } });
    await expect.poll(async () => (await run(`select from pg_stat_activity where pid = ${session.backendPid}`)).rowCount).toBe(0);
  });
});

test('production is read-only by construction', async () => {
  await withDatabase(15, 'create table t (a int)', async (address) => {
    await using session = await open({ ...address, options: '-c statement_timeout=0' }, { readOnly: { statementTimeoutMs: 300, lockTimeoutMs: 100 } });
    expect(await errorOf(session.query('insert into t values (1)'))).toMatchObject({ fields: { sqlstate: '25006' } });
    expect(await errorOf(session.execute('create table u ()'))).toMatchObject({ fields: { sqlstate: '25006' } });
    expect(await errorOf(session.query('select pg_sleep(5)'))).toMatchObject({ fields: { sqlstate: '57014' } });
    expect(await session.query("select current_setting('lock_timeout') as lock, current_setting('tcp_keepalives_idle') as idle")).toEqual([
      { lock: '100ms', idle: '60' },
    ]);
  });
});

test('an abort cancels what runs on the server and closes the session', async () => {
  await withDatabase(18, '', async (address, run) => {
    const controller = new AbortController();
    await using session = await open(address, { signal: controller.signal });
    const running = errorOf(session.query('select pg_sleep(600)'));
    const waiting = errorOf(session.query('select 1'));
    setTimeout(() => controller.abort(), 100);
    expect((await running).fields).toMatchObject({ sqlstate: '57014', statement: 'select pg_sleep(600)' });
    expect((await waiting).fields.sqlstate).toBe('57014');
    expect((await errorOf(session.query('select 1'))).fields.sqlstate).toBe('57014');
    await expect.poll(async () => (await run(`select from pg_stat_activity where pid = ${session.backendPid}`)).rowCount).toBe(0);
    const late = await connect(address, { signal: controller.signal });
    expect(late).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
  });
});

test('an abort ends copies in both directions', async () => {
  await withDatabase(18, 'create table t (n int, t text)', async (address) => {
    const controller = new AbortController();
    const reader = await open(address, { signal: controller.signal });
    const writer = await open(address, { signal: controller.signal });
    const out = pipeline(reader.copyOut('copy (select n, pg_sleep(0.001) from generate_series(1, 1000000) n) to stdout'), async (source) => {
      for await (const _ of source);
    });
    const into = pipeline(Readable.from(endless()), writer.copyIn('copy t from stdin'));
    async function* endless() {
      for (;;) {
        yield '1\tx\n';
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    setTimeout(() => controller.abort(), 100);
    const errors = await Promise.all([errorOf(out), errorOf(into)]);
    expect(errors.map(({ fields }) => fields.sqlstate)).toEqual(['57014', '57014']);
  });
});

test('a session whose backend is killed throws class 08, and an idle one doesn’t end the process', async () => {
  await withDatabase(18, '', async (address, run) => {
    await using busy = await open(address);
    await using idle = await open(address);
    const lost = errorOf(busy.query('select pg_sleep(30)'));
    await run(`select pg_terminate_backend(pid) from pg_stat_activity where pid in (${busy.backendPid}, ${idle.backendPid})`);
    expect((await lost).fields).toMatchObject({ sqlstate: '08006', statement: 'select pg_sleep(30)' });
    expect((await lost).fields.message).toContain('57P01');
    const later = await errorOf(idle.query('select 1'));
    expect(later.fields.sqlstate).toBe('08006');
    expect(later.fields.message).toContain('57P01');
    await idle.close();
  });
});

test.each(majors)('several statements go at once, and end at the first error, on %i', async (major) => {
  await withDatabase(major, '', async (address) => {
    const sent: [text: string, sqlstate: string | undefined][] = [];
    await using session = await open(address, { onStatement: ({ text, sqlstate }) => sent.push([text, sqlstate]) });
    sent.length = 0;
    const good = [
      { text: 'select $1::int + 1 as a, $2::text as b', values: ['1', null] },
      { text: `set application_name = 'x'` },
      { text: 'select 7 as c union all select 8' },
    ];
    expect(await session.queryAll(good)).toEqual([[{ a: 2, b: null }], [], [{ c: 7 }, { c: 8 }]]);
    const error = await errorOf(session.queryAll([{ text: 'select 1' }, { text: 'select 1/0' }, { text: 'create table never (a int)' }]));
    expect(error).toMatchObject({ place: 1, fields: { sqlstate: '22012', statement: 'select 1/0' } });
    expect(sent).toEqual([...good.map(({ text }) => [text, undefined]), ['select 1', undefined], ['select 1/0', '22012']]);
    expect(await session.queryAll([])).toEqual([]);
    expect(await session.query(`select pg_catalog.to_regclass('never') as never`)).toEqual([{ never: null }]);
  });
});
