import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { withoutConcurrently } from '../in-trial.ts';
import { findViolations } from './find-violations.ts';

/** A statement that rows keep from succeeding, and the ids of these rows. Every table has a column id. */
interface Case {
  readonly about: string;
  readonly sqlstate: string;
  /** Made anew for each case, in a schema of its own that is first in the search path. */
  readonly tables: string;
  readonly preceding?: readonly string[];
  readonly statement: string;
  readonly ids: readonly number[];
  /** Whether the rows show only within the migration. */
  readonly within?: true;
}

const items = `create table item (id int, a int, b text); insert into item values (1, 1, 'x'), (2, 1, 'X'), (3, null, 'y'), (4, -5, null), (5, 7, 'y')`;
const parent = "create table parent (id int primary key, k text unique); insert into parent values (1, 'a'), (2, null)";

const cases: readonly Case[] = [
  { about: 'set not null', sqlstate: '23502', tables: items, statement: 'alter table item alter a set not null', ids: [3] },
  { about: 'a primary key over nulls', sqlstate: '23502', tables: items, statement: 'alter table item add primary key (id, b)', ids: [4] },
  {
    about: 'not null of a column that the migration adds',
    sqlstate: '23502',
    tables: items,
    preceding: ['alter table item add c int', 'update item set c = a'],
    statement: 'alter table item alter c set not null',
    ids: [3],
    within: true,
  },
  {
    about: 'an update that makes nulls',
    sqlstate: '23502',
    tables: 'create table item (id int primary key, a int not null); insert into item values (1, 1), (2, 2)',
    statement: 'update item set a = nullif(a, 2)',
    ids: [2],
    within: true,
  },
  { about: 'a check', sqlstate: '23514', tables: items, statement: 'alter table item add constraint c check (a > 0)', ids: [4] },
  { about: 'a check that has no name', sqlstate: '23514', tables: items, statement: "alter table item add check (b <> 'y' or a is null)", ids: [5] },
  {
    about: 'a check that is validated',
    sqlstate: '23514',
    tables: `${items}; alter table item add constraint c check (a > 0) not valid`,
    statement: 'alter table item validate constraint c',
    ids: [4],
  },
  {
    about: 'a check that an update breaks',
    sqlstate: '23514',
    tables: `create table item (id int, a int check (a < 10)); insert into item values (1, 1), (2, 9)`,
    statement: 'update item set a = a + 1',
    ids: [2],
    within: true,
  },
  { about: 'a unique constraint', sqlstate: '23505', tables: items, statement: 'alter table item add unique (a)', ids: [1, 2] },
  { about: 'a unique index over an expression', sqlstate: '23505', tables: items, statement: 'create unique index on item (lower(b))', ids: [1, 2, 3, 5] },
  {
    about: 'a partial unique index',
    sqlstate: '23505',
    tables: items,
    statement: "create unique index item_b on item (b) where a > 0 or b = 'y'",
    ids: [3, 5],
  },
  {
    about: 'a unique index that was left invalid',
    sqlstate: '23505',
    tables: items,
    statement: 'create unique index concurrently "It""em a" on item (a)',
    ids: [1, 2],
  },
  {
    about: 'an insert of what is there',
    sqlstate: '23505',
    tables: 'create table item (id int, a int unique); insert into item values (1, 1)',
    statement: 'insert into item values (2, 2), (3, 1)',
    ids: [1, 3],
    within: true,
  },
  {
    about: 'a unique index of a partitioned table',
    sqlstate: '23505',
    tables:
      'create table item (id int, a int) partition by range (a); create table item_1 partition of item for values from (0) to (10); create table item_2 partition of item for values from (10) to (20); insert into item values (1, 1), (2, 12), (3, 12)',
    statement: 'create unique index on item (a)',
    ids: [2, 3],
  },
  {
    about: 'a check of one partition',
    sqlstate: '23514',
    tables:
      'create table item (id int, a int) partition by range (a); create table item_1 partition of item for values from (0) to (10); insert into item values (1, 1), (2, 5)',
    statement: 'alter table item_1 add check (a < 3)',
    ids: [2],
  },
  {
    about: 'a partition that is attached',
    sqlstate: '23514',
    tables:
      'create table all_items (id int, a int) partition by range (a); create table item (id int, a int); insert into item values (1, 1), (2, 50), (3, null)',
    statement: 'alter table all_items attach partition item for values from (0) to (10)',
    ids: [2, 3],
  },
  {
    about: 'a foreign key',
    sqlstate: '23503',
    tables: `${parent}; create table item (id int, parent_id int); insert into item values (1, 1), (2, 7), (3, null)`,
    statement: 'alter table item add foreign key (parent_id) references parent',
    ids: [2],
  },
  {
    about: 'a foreign key of two columns, which is match full',
    sqlstate: '23503',
    tables: `create table parent (x int, y int, unique (x, y)); insert into parent values (1, 1); create table item (id int, x int, y int);
             insert into item values (1, 1, 1), (2, 1, null), (3, null, null), (4, 1, 2)`,
    statement: 'alter table item add foreign key (x, y) references parent (x, y) match full',
    ids: [2, 4],
  },
  {
    about: 'a foreign key to the table itself',
    sqlstate: '23503',
    tables: 'create table item (id int primary key, up int); insert into item values (1, null), (2, 1), (3, 9)',
    statement: 'alter table item add constraint up_fk foreign key (up) references item',
    ids: [3],
  },
  {
    about: 'a foreign key whose parents go',
    sqlstate: '23503',
    tables: `${parent}; create table item (id int, parent_id int references parent); insert into item values (1, 1), (2, 2)`,
    statement: 'delete from parent where id = 2',
    ids: [2],
    within: true,
  },
  {
    about: 'a foreign key of rows that the migration makes',
    sqlstate: '23503',
    tables: `${parent}; create table item (id int, parent_id int references parent)`,
    preceding: ['create table source (n int)', 'insert into source values (1), (9)'],
    statement: 'insert into item select n, n from source',
    ids: [9],
    within: true,
  },
  {
    about: 'an exclusion constraint',
    sqlstate: '23P01',
    tables: "create table item (id int, a int4range); insert into item values (1, '[1,5)'), (2, '[4,9)'), (3, '[20,30)'), (4, null)",
    statement: 'alter table item add exclude using gist (a with &&)',
    ids: [1, 2],
  },
  {
    about: 'a partial exclusion constraint over an expression',
    sqlstate: '23P01',
    tables: 'create table item (id int, a int, b int, on_ boolean); insert into item values (1, 1, 5, true), (2, 4, 9, true), (3, 4, 9, false)',
    statement: 'alter table item add constraint x exclude using gist (int4range(a, b) with &&) where (on_)',
    ids: [1, 2],
  },
  {
    about: 'the check of a domain',
    sqlstate: '23514',
    tables: 'create domain amount as int; create table item (id int, a amount); insert into item values (1, 1), (2, -1), (3, null)',
    statement: 'alter domain amount add constraint positive check (value > 0)',
    ids: [2],
  },
  {
    about: 'a domain that becomes a column’s type',
    sqlstate: '23514',
    tables: "create domain \"E mail\" as text check (value like '%@%'); create table item (id int, a text); insert into item values (1, 'a@b'), (2, 'c')",
    statement: 'alter table item alter a type "E mail"',
    ids: [2],
    within: true,
  },
  {
    about: 'names that are odd',
    sqlstate: '23514',
    tables: `create table "It'em "";" (id int, "value" int, "a b" int); insert into "It'em "";" values (1, 1, 1), (2, 1, 2)`,
    statement: `alter table "It'em "";" add constraint "c "";" check ("value" = "a b")`,
    ids: [2],
  },
];

test.each([15, 18] as const)('the query lists exactly the rows that break the constraint (PostgreSQL %i)', { timeout: 60_000 }, async (major) => {
  await withSession(major, '', async (session) => {
    for (const [at, one] of cases.entries()) {
      await session.execute(`create schema s${at}; set search_path = s${at}, public; ${one.tables}`);
      const { violation, ids } = await look(session, one);
      expect(ids, `${one.about}: ${violation?.script ?? violation?.query}`).toEqual(one.ids);
      expect(violation?.rows, one.about).toBe(one.ids.length);
      expect(violation?.script !== undefined, `${one.about}: within the migration`).toBe(one.within ?? false);
    }
  });
});

test('nulls that are not distinct are found; what is no constraint’s error is not looked at', async () => {
  await withSession(15, 'create table item (id int, a int); insert into item values (1, null), (2, null), (3, 1)', async (session) => {
    const { ids } = await look(session, { about: '', sqlstate: '23505', tables: '', statement: 'create unique index on item (a) nulls not distinct', ids: [] });
    expect(ids).toEqual([1, 2]);
    const error = { sqlstate: '42P01', message: 'relation "x" does not exist' };
    expect(await findViolations(session, { migrator: 'postgres', preceding: [], statement: 'select 1', error })).toEqual({ ok: true, value: undefined });
    // Nothing of a trial stays.
    expect(await session.query("select 1 from pg_catalog.pg_class where relname like 'pgrehearse%' or relname like 'item_a%'")).toEqual([]);
  });
});

async function look(session: Session, { preceding = [], statement, sqlstate }: Case) {
  const error = await errorOf(session, preceding, statement);
  expect(error.sqlstate, statement).toBe(sqlstate);
  const found = await findViolations(session, { migrator: 'postgres', preceding: [...preceding], statement, error });
  if (!found.ok || found.value === undefined) return { violation: undefined, ids: [] };
  const violation = found.value;
  const lines = violation.script?.split(';\n') ?? [];
  await session.execute('begin');
  for (const line of lines.slice(1, -2)) await session.execute(line);
  const rows = await session.query<{ id: number }>(violation.query);
  await session.execute('rollback');
  return { violation, ids: rows.map(({ id }) => id).sort((a, b) => a - b) };
}

async function errorOf(session: Session, preceding: readonly string[], statement: string): Promise<SqlErrorFields> {
  const concurrent = withoutConcurrently(statement) !== statement;
  if (!concurrent) await session.execute('begin');
  try {
    for (const text of [...preceding, statement]) await session.execute(text);
  } catch (error) {
    if (error instanceof SqlError) return error.fields;
    throw error;
  } finally {
    if (!concurrent) await session.execute('rollback');
  }
  throw new Error(`no error: ${statement}`);
}
