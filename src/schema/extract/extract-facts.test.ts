import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { withSession } from '../../../test/support/session.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { extractAllFacts, extractDifferingFacts } from './extract-facts.ts';
import type { FactFamily } from './fact-family.ts';
import { relationFamilies } from './families/relation-families.ts';

const options = { exclude: [], families: relationFamilies };

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('only what differs is fetched, and all is counted', async () => {
    const same = 'create table same (a int not null, b text default 1); create table t (a int) with (fillfactor = 70);';
    await withSession(major, same, (left) =>
      withSession(major, `${same} alter table t add "B c" varchar(9)`, async (right) => {
        const facts = await extractDifferingFacts(left, right, options);
        expect(facts.left.all().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['column public.t.a', 'table public.t']);
        expect(facts.right.all().map(({ kind, name }) => `${kind} ${name}`)).toEqual(['column public.t."B c"', 'column public.t.a', 'table public.t']);
        expect(Object.fromEntries(facts.right.get('table', 'public.t')?.properties ?? [])).toMatchObject({
          persistence: 'logged',
          'column order': 'a, "B c"',
          'parameter fillfactor': '70',
        });
        expect(facts).toMatchObject({ objectsCompared: 6, kinds: { column: 4, table: 2 }, unread: [] });
        expect(facts.leftFingerprint).not.toBe(facts.rightFingerprint);
        expect((await extractAllFacts(left, { families: relationFamilies })).get('column', 'public.same.b')?.properties.get('default')).toBe('1');
      }),
    );
  });

  test('only what is included is counted, and in the fingerprints', async () => {
    const sql = `create schema a; create schema b; create table a.t (x int primary key, y serial); create function a.f(int) returns int language sql as 'select 1';
      create table b.t (x int); create table b.u (x int); create index on b.u (x); create view b.v as select 1 as x`;
    await withSession(major, sql, (left) =>
      withSession(major, `${sql}; alter table b.t add y int; alter table b.u add y int`, async (right) => {
        const only = await extractDifferingFacts(left, right, { exclude: [], include: ['a'] });
        const { 'large object': _l, role: _r, database: _d, extension: _e, schema: schemas, ...kinds } = only.kinds;
        expect({ schemas, ...kinds }).toEqual({ schemas: 1, column: 2, constraint: 1, function: 1, sequence: 1, table: 1 });
        expect(only.objectsCompared).toBe(Object.values(only.kinds).reduce((sum, count) => sum + count, 0));
        expect(only.left.all()).toEqual([]);
        expect(only.leftFingerprint).toBe(only.rightFingerprint);
        const less = await extractDifferingFacts(left, right, { exclude: ['b.u', 'b.t'], include: ['b'], families: relationFamilies });
        expect(less.kinds).toEqual({ view: 1 });
        expect(less.leftFingerprint).toBe(less.rightFingerprint);
        const all = await extractDifferingFacts(left, right, { exclude: [] });
        expect(all.factsCompared).toBeGreaterThan(only.factsCompared);
        expect(all.leftFingerprint).not.toBe(all.rightFingerprint);
      }),
    );
  });

  test('the order of columns alone is seen, and holes of dropped ones are not', async () => {
    await withSession(major, 'create table t (a int, b int, c int); create table u (a int, x int, b int); alter table u drop x', (left) =>
      withSession(major, 'create table t (a int, c int, b int); create table u (a int, b int)', async (right) => {
        const facts = await extractDifferingFacts(left, right, options);
        expect(compareObjects(facts.left, facts.right).map(({ object, property }) => [object.name, property])).toEqual([['public.t', 'column order']]);
        expect(facts.left.get('table', 'public.u')).toBeUndefined();
      }),
    );
  });

  test('an index is known by its columns, whatever was dropped before them', async () => {
    const dropped = 'create table same (a int, x int, b int, c int); alter table same drop x; create index same_b on same (b, lower(c::text), c) include (a);';
    const never = 'create table same (a int, b int, c int); create index same_b on same (b, lower(c::text), c) include (a);';
    // In both the index is on the second column by its number in the catalog, and on another one by name.
    const first = 'create table other (x int, a int, b int); alter table other drop x; create index other_i on other ((1), a);';
    const second = 'create table other (a int, b int, x int); alter table other drop x; create index other_i on other ((1), b);';
    await withSession(major, dropped + first, (left) =>
      withSession(major, never + second, async (right) => {
        const facts = await extractDifferingFacts(left, right, options);
        expect(compareObjects(facts.left, facts.right).map(({ object, property }) => [object.name, property])).toEqual([['public.other_i', 'definition']]);
        expect(facts.left.get('table', 'public.same')).toBeUndefined();
      }),
    );
  });

  test('a database in which subscriptions alone have labels', async () => {
    const labelled = `insert into pg_catalog.pg_seclabel values (16384, 'pg_catalog.pg_subscription'::regclass, 0, 'dummy', 'secret')`;
    await withSession(major, labelled, async (session) => {
      expect((await extractAllFacts(session)).all().filter(({ properties }) => properties.has('security label dummy'))).toEqual([]);
    });
  });

  test('where in the WAL a column was last changed is no fact, and parameters beside it are', async () => {
    // As servers of late minor versions write it by themselves.
    const version = (number: number, more = '') => `set allow_system_table_mods = on;
      update pg_catalog.pg_attribute set attoptions = '{pg_attver=${number}${more}}' where attrelid in ('t'::regclass, 'v'::regclass) and attname = 'a'`;
    const sql = 'create table t (a int, b int); create view v as select a from t;';
    await withSession(major, `${sql} ${version(22_111_792)}`, (left) =>
      withSession(major, `${sql} ${version(22_125_976)}`, (right) =>
        withSession(major, `${sql} ${version(22_125_976, ',n_distinct=5')}`, async (chosen) => {
          expect((await extractDifferingFacts(left, right, options)).left.all()).toEqual([]);
          const { left: a, right: b } = await extractDifferingFacts(left, chosen, options);
          expect(compareObjects(a, b)).toMatchObject(['t', 'v'].map((of) => ({ object: { name: `public.${of}.a` }, property: 'parameter n_distinct' })));
        }),
      ),
    );
  });

  test('settings of the role and the database change nothing', async () => {
    const sql = `create schema s; create type s.m as enum ('a'); create table s.t (at timestamptz default '2020-01-01 12:00:00+00', price money default 1.5,
      length interval default '1 day 2 hours', part float8 default 0.1, raw bytea default 'x', kind s.m default 'a')`;
    const settings = `do $$ begin execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database());
      execute format('alter database %I set datestyle = ''SQL, DMY''', current_database()); execute format('alter database %I set intervalstyle = ''iso_8601''', current_database());
      execute format('alter database %I set extra_float_digits = -15', current_database()); execute format('alter database %I set bytea_output = ''escape''', current_database());
      execute format('alter database %I set quote_all_identifiers = on', current_database()); execute format('alter database %I set search_path = s', current_database()); end $$`;
    await withDatabase(major, sql, (left) =>
      withDatabase(major, sql, async (right, run) => {
        await run(settings);
        const { postgres } = makeEdge();
        const [a, b] = [await postgres.connect(left), await postgres.connect(right)];
        if (!a.ok || !b.ok) throw new Error('no session');
        await using one = a.value;
        await using other = b.value;
        const facts = await extractDifferingFacts(one, other, options);
        expect(compareObjects(facts.left, facts.right)).toEqual([]);
        expect(facts.leftFingerprint).toBe(facts.rightFingerprint);
      }),
    );
  });

  test('what a role may not read is said, and the rest compared', async () => {
    const secret: FactFamily = {
      name: 'passwords',
      needs: ['pg_authid.rolpassword'],
      sql: () =>
        `select 'role' as kind, rolname::text as name, null as parent, oid as home, 'password' as property, rolpassword as value from pg_catalog.pg_authid`,
    };
    const role = `reader_${randomBytes(4).toString('hex')}`;
    await withDatabase(major, 'create table t (a int)', (address, run) =>
      withDatabase(major, 'create table t (a int8)', async (other) => {
        await run(`create role ${role} login`);
        try {
          const { postgres } = makeEdge();
          const [a, b] = [await postgres.connect({ ...address, user: role }), await postgres.connect(other)];
          if (!a.ok || !b.ok) throw new Error('no session');
          await using one = a.value;
          await using two = b.value;
          const facts = await extractDifferingFacts(one, two, { exclude: [], families: [...relationFamilies, secret] });
          expect(facts.unread).toEqual(['pg_authid.rolpassword (passwords): permission denied']);
          expect(compareObjects(facts.left, facts.right).map(({ property }) => property)).toEqual(['type']);
        } finally {
          await run(`drop role ${role}`);
        }
      }),
    );
  });

  test('an excluded table is left out with all that belongs to it', async () => {
    await withSession(major, 'create table ledger (id serial primary key); create table t (a int)', (left) =>
      withSession(major, 'create table t (a int)', async (right) => {
        const facts = await extractDifferingFacts(left, right, { ...options, exclude: ['ledger'] });
        expect(compareObjects(facts.left, facts.right)).toEqual([]);
      }),
    );
  });

  test('a signal ends it, and the session can go on', async () => {
    await withSession(major, '', (left) =>
      withSession(major, '', async (right) => {
        await expect(extractDifferingFacts(left, right, { ...options, signal: AbortSignal.abort() })).rejects.toThrow('abort');
        expect(await left.query('select 1 as one')).toEqual([{ one: 1 }]);
      }),
    );
  });
});

test('the same schema in two majors', async () => {
  const sql = `create table p (id bigint generated always as identity primary key, "system_user" text not null, "Very Long Name Of A Table That Has Sixty-three Bytes At The Most" int not null,
      total numeric(10, 2) default 0 check (total >= 0), unique (total) include ("system_user"));
    create table "system_user" (p bigint references p on delete cascade, "offset" int not null); create index on "system_user" ("offset" desc nulls last) where p > 0;
    create sequence q owned by "system_user".p; alter table "system_user" enable row level security; create policy only_own on "system_user" using (p > 1)`;
  await withSession(15, sql, (left) =>
    withSession(18, sql, async (right) => {
      const facts = await extractDifferingFacts(left, right, options);
      expect(compareObjects(facts.left, facts.right)).toEqual([]);
    }),
  );
});
