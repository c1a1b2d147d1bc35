import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { migrationFiles } from '../../test/support/migration-files.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Event } from '../core/event.ts';
import type { Address } from '../core/server.ts';
import { type ApplyRequest, applyMigrations } from './apply-sql.ts';
import { readFlat } from './layouts/flat.ts';

type Given = Partial<ApplyRequest['settings']> & Pick<ApplyRequest, 'noTransaction' | 'retryInPlace'>;

async function apply(address: Address, files: Readonly<Record<string, string>>, given: Given = {}, signal?: AbortSignal) {
  const { migrations, problems } = readFlat(migrationFiles(files));
  expect(problems).toEqual([]);
  const { noTransaction, retryInPlace, ...settings } = given;
  const context = testContext(signal);
  const request: ApplyRequest = { address, pending: migrations, settings: { transaction: 'auto', layout: 'flat', ...settings } };
  const applied = await applyMigrations(context, {
    ...request,
    ...(noTransaction === undefined ? {} : { noTransaction }),
    ...(retryInPlace === undefined ? {} : { retryInPlace }),
  });
  return { applied, events: context.events, statements: context.events.flatMap((event) => (event.type === 'statement' ? [event.statement] : [])) };
}

const finished = (events: readonly Event[]) => events.flatMap((event) => (event.type === 'migration-finished' ? [event.outcome] : []));

test.each([15, 18] as const)('statements are told as they run (PostgreSQL %i)', async (major) => {
  await withDatabase(major, '', async (address, run) => {
    const { applied, statements, events } = await apply(address, {
      '1_a.sql': '-- first\ncreate table t (a int);\n\ninsert into t select generate_series(1, 5);\n',
      '2_empty.sql': '-- nothing to do\n',
      '3_b.sql': 'update t set a = a + 1 where a > 2; select * from t;',
    });
    expect(applied).toMatchObject({ ok: true, value: { kind: 'applied', notRecorded: [] } });
    expect(statements).toEqual([
      {
        migration: '1_a',
        index: 1,
        place: { file: 'db/1_a.sql', line: 2 },
        text: 'create table t (a int)',
        tag: 'CREATE TABLE',
        rows: null,
        durationMs: expect.any(Number),
      },
      {
        migration: '1_a',
        index: 2,
        place: { file: 'db/1_a.sql', line: 4 },
        text: 'insert into t select generate_series(1, 5)',
        tag: 'INSERT',
        rows: 5,
        durationMs: expect.any(Number),
      },
      {
        migration: '3_b',
        index: 1,
        place: { file: 'db/3_b.sql', line: 1 },
        text: 'update t set a = a + 1 where a > 2',
        tag: 'UPDATE',
        rows: 3,
        durationMs: expect.any(Number),
      },
      { migration: '3_b', index: 2, place: { file: 'db/3_b.sql', line: 1 }, text: 'select * from t', tag: 'SELECT', rows: 5, durationMs: expect.any(Number) },
    ]);
    expect(finished(events)).toMatchObject([
      { migration: '1_a', ranAs: 'one-transaction', statements: 2 },
      { migration: '2_empty', statements: 0 },
      { migration: '3_b', statements: 2 },
    ]);
    expect((await run('select sum(a)::int as sum from t')).rows).toEqual([{ sum: 18 }]);
  });
});

test('a failure names migration, statement, line and SQLSTATE; its transaction is undone; later files are not run', async () => {
  await withDatabase(18, 'create table t (a int); insert into t values (1), (1)', async (address, run) => {
    const { applied, events, statements } = await apply(address, {
      '1_a.sql': 'create table kept ();',
      '2_b.sql': 'create table gone ();\nalter table t\n  add column b int,\n  add constraint t_a unique (a);\n',
      '3_c.sql': 'create table never ();',
    });
    expect(applied).toMatchObject({
      ok: false,
      failure: {
        code: 'migration-failed',
        rootCause: 'sql-error',
        object: '2_b',
        place: { file: 'db/2_b.sql', line: 2 },
        sql: { sqlstate: '23505', detail: 'Key (a)=(1) is duplicated.', constraint: 't_a', statement: expect.stringContaining('alter table t') },
        message:
          '2_b, statement 2 (db/2_b.sql:2) failed: could not create unique index "t_a" (SQLSTATE 23505). Left behind: nothing but the positions of sequences, since the transaction was rolled back.',
      },
    });
    expect(statements.at(-1)).toMatchObject({ migration: '2_b', index: 2, rows: null, error: { sqlstate: '23505' } });
    expect(finished(events).map(({ migration, leftBehind }) => [migration, leftBehind === undefined])).toEqual([
      ['1_a', true],
      ['2_b', false],
    ]);
    expect((await run(`select relname from pg_class where relname in ('kept', 'gone', 'never')`)).rows).toEqual([{ relname: 'kept' }]);
  });
});

test('the line is the one that the server points at', async () => {
  await withDatabase(18, '', async (address) => {
    const { applied } = await apply(address, { '1_a.sql': "-- ünïcode 😀\nselect '😀',\n  1,\n  nothing;" });
    expect(applied).toMatchObject({ ok: false, failure: { place: { file: 'db/1_a.sql', line: 4 }, sql: { sqlstate: '42703' } } });
  });
});

test('a deferred constraint fails at the commit, and is told as a statement', async () => {
  await withDatabase(18, 'create table t (a int unique deferrable initially deferred)', async (address, run) => {
    const { applied, statements } = await apply(address, { '1_a.sql': 'insert into t values (1);\ninsert into t values (1);' });
    expect(applied).toMatchObject({ ok: false, failure: { code: 'migration-failed', sql: { sqlstate: '23505', statement: 'commit' } } });
    expect(statements.at(-1)).toMatchObject({ index: 3, text: 'commit', error: { sqlstate: '23505' } });
    expect((await run('select count(*)::int as n from t')).rows).toEqual([{ n: 0 }]);
  });
});

test('auto: what can not run in a transaction asks for a new clone, then runs without one', async () => {
  const files = { '1_a.sql': 'create table t (a int);', '2_b.sql': 'create index concurrently i on t (a);\ncreate index concurrently j on t (a);' };
  await withDatabase(18, '', async (address) => {
    const { applied, events } = await apply(address, files);
    expect(applied).toMatchObject({ ok: true, value: { kind: 'needs-new-clone', migration: '2_b', sql: { sqlstate: '25001' } } });
    expect(finished(events).map(({ migration }) => migration)).toEqual(['1_a']);
  });
  await withDatabase(18, '', async (address, run) => {
    const { applied } = await apply(address, files, { noTransaction: ['2_b'] });
    expect(applied).toMatchObject({
      ok: true,
      value: { kind: 'applied', outcomes: [{ ranAs: 'one-transaction' }, { migration: '2_b', ranAs: 'no-transaction' }] },
    });
    expect((await run(`select count(*)::int as n from pg_index where indrelid = 't'::regclass and indisvalid`)).rows).toEqual([{ n: 2 }]);
  });
  await withDatabase(18, '', async (address) => {
    expect((await apply(address, files, { retryInPlace: true })).applied).toMatchObject({ ok: true, value: { kind: 'applied' } });
  });
  await withDatabase(18, '', async (address) => {
    const { applied } = await apply(address, files, { transaction: 'per-file' });
    expect(applied).toMatchObject({
      ok: false,
      failure: { code: 'migration-failed', sql: { sqlstate: '25001' }, cure: expect.stringContaining('no-transaction') },
    });
  });
});

test('auto: a procedure that commits by itself, but not a SET that came too late', async () => {
  const procedure = 'create procedure p() language plpgsql as $$ begin create table inside (); commit; end $$';
  await withDatabase(18, procedure, async (address) => {
    expect((await apply(address, { '1_a.sql': 'call p();' })).applied).toMatchObject({
      ok: true,
      value: { kind: 'needs-new-clone', sql: { sqlstate: '2D000' } },
    });
    const late = await apply(address, { '1_a.sql': 'select 1; set transaction isolation level serializable;' });
    expect(late.applied).toMatchObject({ ok: false, failure: { code: 'migration-failed', sql: { sqlstate: '25001' } } });
  });
});

test('Prisma’s layout: a lone statement runs without a transaction, a mixed file fails as it does in production', async () => {
  await withDatabase(18, 'create table t (a int)', async (address) => {
    const alone = await apply(address, { '1_a.sql': 'create index concurrently i on t (a);' }, { layout: 'prisma-folders' });
    expect(alone.applied).toMatchObject({ ok: true, value: { kind: 'applied', outcomes: [{ ranAs: 'no-transaction' }] } });
    const mixed = await apply(address, { '2_b.sql': 'create index concurrently j on t (a); select 1;' }, { layout: 'prisma-folders' });
    expect(mixed.applied).toMatchObject({ ok: false, failure: { code: 'migration-failed', sql: { sqlstate: '25001' } } });
  });
});

test('without a transaction, what stays behind is named: statements and invalid indexes', async () => {
  await withDatabase(15, 'create table t (a int); insert into t values (1), (1)', async (address, run) => {
    const file = '-- pgrehearse: no-transaction\ncreate table kept ();\ninsert into t values (2);\ncreate unique index concurrently t_a on t (a);\nselect 1;';
    const { applied, events } = await apply(address, { '1_a.sql': file });
    const leftBehind =
      '2 of 4 statements, which were committed: 1 (create table kept ()), 2 (insert into t values (2)); the invalid index public.t_a, which slows every write down and serves no query; a second run starts at statement 1 again and meets them';
    expect(applied).toMatchObject({ ok: false, failure: { sql: { sqlstate: '23505' }, message: expect.stringContaining(leftBehind) } });
    expect(finished(events)).toMatchObject([{ migration: '1_a', ranAs: 'no-transaction', leftBehind, error: { sqlstate: '23505' } }]);
    expect((await run('select count(*)::int as n from t')).rows).toEqual([{ n: 3 }]);
  });
});

test('a file with its own BEGIN and COMMIT runs as it stands', async () => {
  await withDatabase(18, '', async (address, run) => {
    const file = 'create table before ();\nbegin;\ncreate table inside ();\ncommit;\nbegin;\ncreate table second ();\nselect 1/0;\ncommit;';
    const { applied } = await apply(address, { '1_a.sql': file });
    expect(applied).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('2 of 8 statements, which were committed: 1 (create table before ()), 3 (create table inside ())') },
    });
    expect((await run(`select relname from pg_class where relname in ('before', 'inside', 'second') order by 1`)).rows).toEqual([
      { relname: 'before' },
      { relname: 'inside' },
    ]);
    const open = await apply(address, { '1_a.sql': 'begin; create table lost ();' });
    expect(open.applied).toMatchObject({
      ok: false,
      failure: { code: 'migration-failed', message: expect.stringContaining('begins a transaction and never ends it') },
    });
    expect((await run(`select to_regclass('lost') as lost`)).rows).toEqual([{ lost: null }]);
  });
});

test('nothing runs where a file can not be sent', async () => {
  await withDatabase(18, '', async (address, run) => {
    const { applied } = await apply(address, { '1_a.sql': 'create table t ();', '2_b.sql': '\\timing on\nselect 1;' });
    expect(applied).toMatchObject({ ok: false, failure: { code: 'migration-format', place: { file: 'db/2_b.sql', line: 1 } } });
    expect((await run(`select to_regclass('t') as t`)).rows).toEqual([{ t: null }]);
  });
});

test('a missing right stops the migration; a lock has a root cause of its own', async () => {
  await withDatabase(18, 'create table t (a int)', async (address, run) => {
    const role = `r_${address.database}`;
    await run(`create role ${role} login`);
    try {
      const denied = await apply({ ...address, user: role }, { '1_a.sql': 'alter table t add b int;' });
      expect(denied.applied).toMatchObject({ ok: false, failure: { code: 'migration-failed', rootCause: 'sql-error', sql: { sqlstate: '42501' } } });
    } finally {
      await run(`drop role ${role}`);
    }
    const locked = await apply(address, { '1_a.sql': `do $$ begin raise lock_not_available; end $$;` });
    expect(locked.applied).toMatchObject({ ok: false, failure: { rootCause: 'lock' } });
  });
});

test('an interrupted run is no failed migration', async () => {
  await withDatabase(18, '', async (address) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const { applied } = await apply(address, { '1_a.sql': 'select pg_sleep(600);' }, {}, controller.signal);
    expect(applied).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
  });
});
