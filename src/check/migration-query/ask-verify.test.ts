import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { RunbookMigration } from '../../config/schema.ts';
import { runbook } from '../../config/settings/runbook.ts';
import { askVerify } from './ask-verify.ts';
import { askAndBreak, askOnce, refusedIn } from './query-probe.ts';

/** One migration, queries around it, and what each comes to. */
interface Case {
  readonly about: string;
  readonly before?: string;
  readonly migration: string;
  readonly query: object;
  readonly kind: 'holds' | 'violated' | 'doubt';
  readonly says?: RegExp;
}

const guard = `
create schema app;
create function app.tenant() returns uuid language plpgsql as $$ begin
  if coalesce(current_setting('app.tenant', true), '') = '' then raise exception 'app.tenant is not set' using errcode = 'P0001'; end if;
  return current_setting('app.tenant')::uuid;
end $$`;
const lots = 'create table lot (id int primary key, tenant uuid not null); alter table lot enable row level security; alter table lot force row level security';

const cases: readonly Case[] = [
  {
    about: 'an error that a new function raises',
    migration: guard,
    query: { sql: 'select app.tenant()', expect: { error: 'P0001', message: 'is not set' } },
    kind: 'holds',
    says: /42883|3F000/,
  },
  {
    about: 'another error than the one expected',
    migration: guard,
    query: { sql: 'select app.tenant()', expect: { error: 'P0001', message: 'is missing' } },
    kind: 'violated',
    says: /P0001/,
  },
  {
    about: 'a catalog that says yes',
    migration: lots,
    query: { sql: "select relrowsecurity from pg_class where relname = 'lot'", expect: { value: true } },
    kind: 'holds',
  },
  {
    about: 'a catalog that says no',
    migration: 'create table lot (id int)',
    query: { sql: "select relrowsecurity from pg_class where relname = 'lot'", expect: { value: true } },
    kind: 'violated',
  },
  {
    about: 'no row of an empty table: also without any policy',
    migration: 'create table lot (id int)',
    query: { sql: 'select * from lot', expect: { rows: 'none' } },
    kind: 'doubt',
    says: /was not seen to fail|nothing could be broken/,
  },
  {
    about: 'a name that is there now',
    migration: 'create table lot (id int)',
    query: { sql: "select to_regclass('public.lot') is not null", expect: { value: true } },
    kind: 'holds',
  },
  { about: 'zero of an empty table', migration: 'create table lot (id int)', query: { sql: 'select count(*) from lot', expect: { value: 0 } }, kind: 'doubt' },
  {
    about: 'a yes that an empty table gives as well',
    migration: 'create table lot (id int)',
    query: { sql: 'select not exists (select from lot where id < 0)', expect: { value: true } },
    kind: 'doubt',
  },
  {
    about: 'rows that row level security hides',
    migration: `${lots}; grant select on lot to $role`,
    query: { given: "insert into lot values (1, '00000000-0000-0000-0000-000000000001')", role: '$role', sql: 'select * from lot', expect: { rows: 'none' } },
    kind: 'holds',
    says: /row level security switched off/,
  },
  {
    about: 'rows that nothing hides',
    migration: 'create table lot (id int, tenant uuid); grant select on lot to $role',
    query: { given: 'insert into lot values (1)', role: '$role', sql: 'select * from lot', expect: { rows: 'none' } },
    kind: 'violated',
    says: /"rows":1/,
  },
  {
    about: 'what held before already',
    before: 'create table old (id int); insert into old values (1)',
    migration: 'create table lot (id int)',
    query: { sql: 'select id from old', expect: { rows: 1 } },
    kind: 'doubt',
    says: /holds right before its migration already/,
  },
  {
    about: 'what may hold before, and can be broken',
    before: 'create table old (id int); insert into old values (1)',
    migration: 'create table lot (id int)',
    query: { sql: 'select id from old', expect: { rows: 1 }, mayHoldBefore: 'the migration has to keep it' },
    kind: 'holds',
    says: /emptied/,
  },
  {
    about: 'what may hold before, and can’t be broken',
    migration: 'create table lot (id int)',
    query: { sql: 'select 1', expect: { rows: 1 }, mayHoldBefore: 'the migration has to keep it' },
    kind: 'doubt',
  },
  {
    about: 'a backfill that another answer shows',
    before: 'create table item (id int, price int); insert into item values (1, null)',
    migration: 'update item set price = 0',
    query: { sql: 'select id from item where price is null', expect: { rows: 'none' } },
    kind: 'holds',
    says: /"seen":"1 row"/,
  },
  { about: 'what wasn’t made', migration: 'select 1', query: { sql: 'select * from balances', expect: { rows: 'none' } }, kind: 'violated', says: /42P01/ },
  { about: 'a mistake in the query', migration: lots, query: { sql: 'selec', expect: { rows: 'none' } }, kind: 'doubt', says: /42601/ },
  {
    about: 'what isn’t there any more',
    before: 'create table old (id int)',
    migration: 'drop table old',
    query: { sql: 'select 1 from old', expect: { error: '42P01' } },
    kind: 'holds',
  },
];

const cleared = 'drop schema if exists app cascade; drop schema public cascade; create schema public; grant usage on schema public to public';

test('a verify query counts only where it was seen to give something else', async () => {
  await withSession(18, '', async (session, address) => {
    const role = `r_${address.database.slice(2)}`;
    await session.execute(`create role ${role}`);
    try {
      for (const { about, before = '', migration, query, kind, says } of cases) {
        await session.execute(`${cleared}; ${before}`);
        const parsed = verifyQuery(JSON.parse(JSON.stringify(query).replaceAll('$role', role)));
        const early = await askOnce(session, parsed);
        await session.execute(migration.replaceAll('$role', role));
        const answer = await askVerify(session, parsed, early);
        expect(answer.kind, `${about}: ${JSON.stringify(answer)}`).toBe(kind);
        if (says !== undefined) expect(JSON.stringify(answer), about).toMatch(says);
      }
    } finally {
      await session.execute(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

test('a before-check has to be able to fail; what it asks about must be there', async () => {
  await withSession(15, 'create table item (id int); insert into item values (1)', async (session) => {
    const ask = (query: object) => askAndBreak(session, verifyQuery(query));
    expect(await ask({ sql: 'select id from item', expect: { rows: 'some' } })).toMatchObject({ kind: 'holds' });
    expect(await ask({ sql: 'select id from item where id = 2', expect: { rows: 'none' } })).toMatchObject({ kind: 'doubt' });
    expect(await ask({ sql: 'select id from item where id = 2', expect: { rows: 'none' }, breakWith: 'insert into item values (2)' })).toMatchObject({
      kind: 'holds',
    });
    expect(await ask({ sql: 'select id from item where id = 1', expect: { rows: 'none' } })).toMatchObject({ kind: 'violated' });
    expect(await ask({ sql: 'select id from gone', expect: { rows: 'none' } })).toMatchObject({ kind: 'violated' });
    expect(await session.query('select id from item')).toEqual([{ id: 1 }]);
  });
});

test('no query may end the transaction that is rolled back, or change its session', () => {
  expect(refusedIn(verifyQuery({ sql: 'commit', expect: { rows: 'none' } }))?.reason).toContain('end the transaction');
  expect(refusedIn(verifyQuery({ given: 'insert into a values (1); commit', sql: 'select 1', expect: { rows: 1 } }))?.reason).toContain('end the transaction');
  expect(refusedIn(verifyQuery({ sql: 'set role x; select 1', expect: { rows: 1 } }))?.reason).toContain('changes the session');
  expect(refusedIn(verifyQuery({ sql: 'select 1', expect: { rows: 1 } }))).toBeUndefined();
});

function verifyQuery(query: object): RunbookMigration['verify'][number] {
  const [migration] = runbook.parse({ migrations: [{ revision: '0002', verify: [{ name: 'asked', ...query }] }] }).migrations;
  const [parsed] = migration?.verify ?? [];
  if (parsed === undefined) throw new Error('there is no query');
  return parsed;
}
