import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { withoutConcurrently } from '../in-trial.ts';
import { explainExisting } from './explain-existing.ts';

/** What is there, a statement that makes it once more, and one that makes another. */
interface Case {
  readonly about: string;
  readonly there: string;
  readonly same: string;
  readonly other: string;
  readonly object: string;
  /** Whether skipping is called safe: not where the statement may do more. */
  readonly skippable?: false;
}

const cases: readonly Case[] = [
  {
    about: 'a table with its parts',
    there:
      "create table public.\"No te\" (id bigint generated always as identity primary key, item int not null references public.item, body text default '' check (body <> 'x'))",
    same: "create table public.\"No te\" (id bigint generated always as identity primary key, item int not null references public.item, body text default '' check (body <> 'x'))",
    other:
      "create table public.\"No te\" (id bigint generated always as identity primary key, item int references public.item, body text default '' check (body <> 'x'))",
    object: 'table public."No te"',
  },
  {
    about: 'a column',
    there: 'alter table item add colour varchar(10)',
    same: 'alter table public.item add colour varchar(10)',
    other: 'alter table public.item add column colour text',
    object: 'column public.item.colour',
  },
  {
    about: 'two columns',
    there: 'alter table item add c1 int, add c2 int',
    same: 'alter table item add c1 int, add c2 int',
    other: 'alter table item add c1 int, add c2 int default 5',
    object: 'column public.item.c1',
  },
  {
    about: 'one column of two',
    there: 'alter table item add d1 int',
    same: 'alter table item add d1 int, add d2 int',
    other: 'alter table item add d1 bigint, add d2 int',
    object: 'column public.item.d1',
    skippable: false,
  },
  {
    about: 'an index',
    there: 'create index item_label on item (label)',
    same: 'create index item_label on public.item using btree (label)',
    other: 'create unique index concurrently item_label on item (label)',
    object: 'index public.item_label',
  },
  {
    about: 'a constraint',
    there: "alter table item add constraint known check (label <> '')",
    same: "alter table item add constraint known check (label <> '')",
    other: "alter table item add constraint known check (label <> 'x')",
    object: 'constraint known on public.item',
  },
  {
    about: 'an enum',
    there: "create type mood as enum ('good', 'bad')",
    same: "create type public.mood as enum ('good', 'bad')",
    other: "create type mood as enum ('bad', 'good')",
    object: 'type public.mood',
  },
  {
    about: 'a function among others of its name',
    there: 'create function f(a int) returns int language sql as $$ select 1 $$; create function f(a text) returns int language sql as $$ select 1 $$',
    same: 'create function f(a text) returns int language sql as $$ select 1 $$',
    other: 'create function f(a text) returns int language sql as $$ select 2 $$',
    object: 'function public.f',
  },
  {
    about: 'a policy',
    there: 'create policy own on item using (true)',
    same: 'create policy own on item using (true)',
    other: 'create policy own on item using (false)',
    object: 'policy own on public.item',
  },
  {
    about: 'a trigger',
    there:
      'create function tf() returns trigger language plpgsql as $$ begin return new; end $$; create trigger touch before update on item for each row execute function tf()',
    same: 'create trigger touch before update on item for each row execute function tf()',
    other: 'create trigger touch before insert on item for each row execute function tf()',
    object: 'trigger touch on public.item',
  },
  {
    about: 'a view',
    there: 'create view labels as select label from item',
    same: 'create view labels as select label from item',
    other: 'create view labels as select label from item where id > 0',
    object: 'view public.labels',
  },
  { about: 'a schema', there: 'create schema shop', same: 'create schema shop', other: 'create schema shop authorization pg_monitor', object: 'schema shop' },
];

test.each([15, 18] as const)('what is there is told from what the statement would make (PostgreSQL %i)', { timeout: 60_000 }, async (major) => {
  await withSession(major, 'create table item (id int primary key, label text)', async (session) => {
    for (const one of cases) {
      await session.execute(one.there);
      const same = await explain(session, one.same);
      expect(same?.sentence, one.about).toContain(one.object);
      expect(same, one.about).toMatchObject({ identical: true, skippable: one.skippable ?? true });
      const other = await explain(session, one.other);
      expect(other, one.about).toMatchObject({ identical: false, skippable: false });
      expect([...(other?.isThere ?? []), ...(other?.wouldBe ?? [])].length, one.about).toBeGreaterThan(0);
    }
    expect(await session.query("select 1 from pg_catalog.pg_namespace where nspname like 'pgrehearse%'")).toEqual([]);
  });
});

test('an index that was left invalid is not the same; what came before in the transaction is there again; other errors say nothing', async () => {
  await withSession(18, 'create table item (id int, label text); insert into item values (1, null), (2, null)', async (session) => {
    await expect(session.execute('create unique index concurrently item_key on item ((label is null))')).rejects.toThrow('could not create');
    await session.execute('delete from item where id = 2');
    expect(await explain(session, 'create unique index concurrently item_key on item ((label is null))')).toMatchObject({
      identical: false,
      isThere: [expect.stringContaining('(not valid)')],
    });
    const error = { sqlstate: '42701', message: 'column "b" of relation "later" already exists' };
    const asked = { migrator: 'postgres', preceding: ['create table later (a int, b int)'], statement: 'alter table later add b int', error };
    expect(await explainExisting(session, asked)).toMatchObject({ ok: true, value: { identical: true, skippable: true } });
    expect(await explainExisting(session, { ...asked, error: { ...error, sqlstate: '42P01' } })).toEqual({ ok: true, value: undefined });
  });
});

async function explain(session: Session, statement: string) {
  const explained = await explainExisting(session, { migrator: 'postgres', preceding: [], statement, error: await errorOf(session, statement) });
  if (!explained.ok) throw new Error(explained.failure.message);
  return explained.value;
}

async function errorOf(session: Session, statement: string): Promise<SqlErrorFields> {
  await session.execute('begin');
  try {
    await session.execute(withoutConcurrently(statement));
  } catch (error) {
    if (error instanceof SqlError) return error.fields;
    throw error;
  } finally {
    await session.execute('rollback');
  }
  throw new Error(`no error: ${statement}`);
}
