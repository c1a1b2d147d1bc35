import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Major, withDatabase } from '../../test/support/databases.ts';
import { fewOf } from '../../test/support/in-full.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Comparison, SchemaDifference } from '../core/schema-difference.ts';
import type { Address } from '../core/server.ts';
import { type CompareOptions, compareSchemas } from './compare-schemas.ts';
import { oneProperty } from './probes/one-property.ts';
import { samePairs } from './probes/same-pairs.ts';
import { dropSubscriptions, groupProbes, writeProbeScript } from './probes/write-script.ts';

type Run = (sql: string) => Promise<pg.QueryResult>;
const random = randomBytes(4).toString('hex');
const role = `r1_${random}`;
const other = `r2_${random}`;

const compareSides = (left: Address, right: Address, options: Partial<CompareOptions> = {}) =>
  compareSchemas(
    testContext(),
    { address: left, label: 'left' },
    { address: right, label: 'right' },
    { exclude: [], scratch: async () => ok({ ...right, database: 'postgres' }), ...options },
  );

const valueOrThrow = (result: Result<Comparison>): Comparison => {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
};
const failureOf = (result: Result<Comparison>): Failure => {
  if (result.ok) throw new Error('it compared');
  return result.failure;
};

/** Two databases on one server. */
function withPair<T>(major: Major, left: string, right: string, use: (left: Address, right: Address, runLeft: Run, runRight: Run) => Promise<T>): Promise<T> {
  return withDatabase(major, left, (leftAddress, runLeft) =>
    withDatabase(major, right, (rightAddress, runRight) => use(leftAddress, rightAddress, runLeft, runRight)),
  );
}

const names = { role, other };
const told = (difference: SchemaDifference) => [difference.class, difference.object.kind, difference.how === 'changed' ? difference.property : difference.how];

describe.each(fewOf([15, 18] as const, (major) => major === 15))('on PostgreSQL %i', (major) => {
  beforeAll(async () => {
    await withDatabase(major, `create role ${role}; create role ${other}`, async () => {});
  });
  afterAll(async () => {
    await withDatabase(major, `drop role ${role}; drop role ${other}`, async () => {});
  });

  test('a database with itself', async () => {
    await withDatabase(major, writeProbeScript(groupProbes(oneProperty).schemas, 'left', major, names), async (address, run) => {
      const { differences, scope, texts } = valueOrThrow(await compareSides(address, address, { scratch: neverAsked }));
      expect(differences).toEqual([]);
      expect(texts().left).toBe(texts().right);
      // Whole, though nothing differs.
      expect(texts().left).toMatch(/^table s\d+\.t$/m);
      expect(scope).toMatchObject({ cycles: 0, excluded: [], leftFingerprint: scope.rightFingerprint });
      expect(scope.leftServer).toMatch(new RegExp(`^left: PostgreSQL ${major}\\.`));
      expect(scope.objectsCompared).toBeGreaterThan(300);
      expect(scope.factsCompared).toBeGreaterThan(1000);
      expect(scope.engines).toHaveLength(2);
      expect(scope.unmodelled).toContain('pg_authid.rolpassword');
      expect(scope.kinds).toMatchObject({ table: expect.any(Number), policy: expect.any(Number), function: expect.any(Number) });
      // A database with a subscription can't be dropped.
      await run(dropSubscriptions);
    });
  });

  test('only an expression that a restore writes otherwise: the same, and said so', async () => {
    const pairs = samePairs.filter((pair) => pair.deparse);
    await withPair(major, writeProbeScript(pairs, 'left', major, names), writeProbeScript(pairs, 'right', major, names), async (left, right) => {
      const { differences, scope } = valueOrThrow(await compareSides(left, right));
      expect(differences.map((difference) => difference.class)).toEqual(pairs.map(() => 'deparse-only'));
      expect(differences[0]?.explanation).toMatch(/after \d dump\/restore cycle/);
      expect(scope.cycles).toBeGreaterThan(0);
    });
  });

  test('what no dump and restore can make the same needs no scratch database', async () => {
    const table = (amount: string, check: string, index: string) => `create table t (amount numeric default ${amount}, constraint c check (amount ${check} 0));
      create function f() returns int language plpgsql as $$begin return ${amount}; end$$; create index on t (amount); ${index}`;
    await withPair(major, table('0', '>', ''), table('1', '>=', 'create index other on t (amount desc)'), async (left, right) => {
      const { differences, scope } = valueOrThrow(await compareSides(left, right, { scratch: neverAsked }));
      expect(differences.map((difference) => told(difference).join(' '))).toEqual([
        'semantic constraint definition',
        'semantic function body',
        'semantic index only-right',
        'semantic column default',
      ]);
      expect(scope.cycles).toBe(0);
    });
  });

  test('expressions that no dump shows are read from the catalogs, though the dumps are the same', async () => {
    const side = (amount: number) => `create table t (a int); create index i on t ((a + ${amount})) where a > ${amount};
      update pg_index set indisvalid = false where indexrelid = 'i'::regclass; create table same (a int default 5 check (a > 5));
      create extension citext; create table e (a int default ${amount}, constraint c check (a > ${amount})); alter extension citext add table e;
      create policy p on e using (a > ${amount}); create index on e (a) where a < ${amount}`;
    await withPair(major, side(1), side(2), async (left, right) => {
      const { differences } = valueOrThrow(await compareSides(left, right));
      expect(differences.map((difference) => told(difference).join(' '))).toEqual([
        'security policy using',
        'semantic constraint definition',
        'semantic column default',
        'semantic index predicate',
        'semantic index definition',
        'semantic index predicate',
      ]);
    });
  });

  test('an expression is found to differ in a table of any name, among others that don’t', async () => {
    const tables = ['"A b"', '"x.y"', '"q""q"', '"two\nlines"', '"; Type: TABLE; Schema: "', 'größe', '"select"', '"it\'s"', '"$$"', '"é\\t"'];
    const schemas = ['"a.b"', 'a'];
    const names = schemas.flatMap((schema) => tables.map((table) => `${schema}.${table}`));
    const side = (amount: number) =>
      [
        ...schemas.map((schema) => `create schema ${schema}`),
        ...names.map((name) => `create table ${name} (a int default ${amount} check (a > ${amount})); create index on ${name} (a) where a < ${amount}`),
        ...names.map((name) => `create table ${name.slice(0, -1)}_${name.endsWith('"') ? '"' : 'e'} (a int default 5)`),
      ].join('; ');
    await withPair(major, side(1), side(2), async (left, right) => {
      const { differences } = valueOrThrow(await compareSides(left, right));
      const told = Map.groupBy(differences, ({ object, property }) => `${object.kind} ${property}`);
      expect(Object.fromEntries([...told].map(([what, some]) => [what, some.length]))).toEqual({
        'column default': names.length,
        'constraint definition': names.length,
        'index predicate': names.length,
      });
      expect(differences.filter((difference) => difference.class !== 'semantic')).toEqual([]);
    });
  });

  test('an expression that differs makes another fingerprint, and the order of creation none', async () => {
    const side = (amount: number, first: string, second: string) => `create table t (a int check (a > ${amount})); ${first}; ${second}`;
    const [f, g] = ['create function f() returns int language sql as $$select 1$$', 'create function g() returns int language sql as $$select 2$$'];
    await withPair(major, side(1, f, g), side(1, g, f), async (left, right) => {
      const { differences, scope } = valueOrThrow(await compareSides(left, right));
      expect(differences).toEqual([]);
      expect(scope.leftFingerprint).toBe(scope.rightFingerprint);
      await withDatabase(major, side(2, f, g), async (third) => {
        const other = valueOrThrow(await compareSides(left, third));
        expect(other.scope.leftFingerprint).toBe(scope.leftFingerprint);
        expect(other.scope.rightFingerprint).not.toBe(scope.leftFingerprint);
      });
    });
  });

  test('what belongs to the database, not to a schema', async () => {
    const both = `create table t (a int); create publication p for table t;
      create function e() returns event_trigger language plpgsql as $$begin end$$; create event trigger e on ddl_command_end execute function e();`;
    const left = `${both} create extension citext; comment on extension citext is 'x'; do $$ begin execute format('alter database %I set work_mem = ''7MB''', current_database());
      execute format('comment on database %I is ''x''', current_database());
      execute format('alter database %I set app.jwt_secret = ''geheim''', current_database()); end $$; alter publication p set (publish = 'insert'); alter event trigger e disable;
      create materialized view m as select 1 as a`;
    await withPair(
      major,
      left,
      `${both} create extension citext version '1.5'; create materialized view m as select 1 as a with no data`,
      async (leftAddress, rightAddress) => {
        const { differences, texts } = valueOrThrow(await compareSides(leftAddress, rightAddress));
        expect(differences.map((difference) => `${told(difference).join(' | ')} | ${difference.object.name}`)).toEqual([
          'semantic | event trigger | enabled | e',
          'semantic | publication | definition | p',
          'comment | extension | comment | citext',
          'comment | database | comment | this database',
          'environment | extension | version | citext',
          'environment | materialized view | populated | public.m',
          'environment | database | setting of the database app.jwt_secret | this database',
          'environment | database | setting of the database work_mem | this database',
        ]);
        expect(JSON.stringify({ differences, texts: texts() })).not.toContain('geheim');
      },
    );
  });

  test('excluded objects and what belongs to them', async () => {
    const left = `create table ledger (id serial primary key, at int); create index i on ledger (at); create policy p on ledger using (true);
      create function f(x int) returns int language sql as 'select 1'; create table kept (a int)`;
    await withPair(major, left, 'create table kept (a bigint)', async (leftAddress, rightAddress) => {
      const { differences, scope } = valueOrThrow(await compareSides(leftAddress, rightAddress, { exclude: ['Public.Ledger', 'public.f(integer)'] }));
      expect(differences.map(told)).toEqual([['semantic', 'column', 'type']]);
      expect(scope.excluded).toEqual(['Public.Ledger', 'public.f(integer)']);
      expect(scope.kinds).not.toHaveProperty('sequence');
    });
  });

  test('what cannot be restored keeps its own text', async () => {
    // No restore can make this function again: its language's handler doesn't know such a body. The check that calls it goes with it.
    const sql = (bound: number) => `create function f(x int) returns boolean language sql immutable as 'select x > 0';
      create table t (a int); alter table t add constraint c check (f(a) and a > ${bound}); create table u (a int); create policy p on u to ${role} using (a > ${bound});
      update pg_proc set prolang = 12, prosrc = 'no_such_function' where proname = 'f' and pronamespace = 'public'::regnamespace`;
    await withPair(major, sql(1), sql(2), async (left, right) => {
      const { differences } = valueOrThrow(await compareSides(left, right));
      expect(differences.map((difference) => [difference.class, difference.object.name, difference.property])).toEqual([
        ['security', 'p on public.u', 'using'],
        ['semantic', 'c on public.t', 'definition'],
      ]);
    });
  });

  test('what a restore loses is still a difference', async () => {
    const text = (value: number, tablespace: string) => ({
      text: `CREATE VIEW public.v AS SELECT NULL::integer AS x;
CREATE INDEX missing ON public.missing USING btree (a) WHERE (a > ${value});
CREATE OR REPLACE VIEW public.v AS SELECT ${value} AS x FROM public.missing;
SET default_tablespace = ${tablespace};
CREATE TABLE public.t (a integer DEFAULT ${value});
ALTER TABLE public.t OWNER TO ${tablespace === "''" ? role : other};`,
      label: `text ${value}`,
      serverVersion: `${major}.1`,
    });
    await withDatabase(major, '', async (address) => {
      const comparison = valueOrThrow(
        await compareSchemas(testContext(), text(1, "''"), text(2, 'no_such_place'), { exclude: [], scratch: async () => ok(address) }),
      );
      expect(comparison.scope.cycles).toBeGreaterThan(0);
      expect(comparison.differences.map((difference) => `${told(difference).join(' | ')} | ${difference.object.name}`)).toEqual([
        'security | table | owner | public.t',
        'semantic | index | predicate | public.missing',
        'semantic | column | default | public.t.a',
        'semantic | view | definition | public.v',
        'physical | table | tablespace | public.t',
      ]);
    });
  });

  test('roles that the scratch server lacks are made for a while, and nothing stays', async () => {
    const gone = `gone_${randomBytes(4).toString('hex')}`;
    const text = (bound: number, list: string) => ({
      text: `CREATE TABLE public.t (a integer, b character varying(9));
ALTER TABLE public.t OWNER TO ${gone};
CREATE INDEX i ON public.t USING btree (a) WHERE (a > ${bound});
CREATE POLICY p ON public.t TO ${gone} USING (${list});`,
      label: `text ${bound}`,
      serverVersion: `${major}.1`,
    });
    // The first is what a server writes at once, the second what it writes after a restore.
    const left = text(0, `((b)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))`);
    const right = text(1, `((b)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text]))`);
    await withDatabase(major, '', async (address, run) => {
      const comparison = valueOrThrow(await compareSchemas(testContext(), left, right, { exclude: [], scratch: async () => ok(address) }));
      expect(comparison.differences.map(told)).toEqual([
        ['semantic', 'index', 'predicate'],
        ['deparse-only', 'policy', 'using'],
      ]);
      expect(comparison.scope.notCompared.join()).toContain('only a text');
      expect((await run(`select rolname from pg_roles where rolname = '${gone}'`)).rows).toEqual([]);
      // Databases that other tests use at this moment have a session.
      const { rows } = await run(
        `select d.datname from pg_database d where d.datname like 'pgrehearse_scratch%' and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
      );
      expect(rows).toEqual([]);
    });
  });

  test('what goes wrong is a failure, never "same"', async () => {
    await withDatabase(major, `create table t (a int); alter role ${role} login`, async (address, run) => {
      const refused = failureOf(await compareSides({ ...address, user: role }, address));
      expect(refused).toMatchObject({ code: 'compare-failed', rootCause: 'privileges' });
      expect(refused.message).toMatch(/^left could not be read: .*permission denied/s);
      await run(`alter role ${role} nologin`);

      const nowhere = failureOf(await compareSides(address, { ...address, port: 1 }));
      expect(nowhere).toMatchObject({ code: 'compare-failed', rootCause: 'connection' });
      expect(nowhere.message).toMatch(/^right could not be read/);

      expect(failureOf(await compareSides(address, { ...address, database: 'no such' })).code).toBe('compare-failed');

      await withDatabase(major, 'create table t (a int check (a is not null))', async (right) => {
        const changed = await run(`alter table t add check (a > 1)`);
        expect(changed.command).toBe('ALTER');
        const scratch = failureOf(await compareSides(address, right, { scratch: async () => ok({ ...address, port: 1 }) }));
        expect(scratch.code).toBe('compare-failed');
      });
    });
  });
});

test('two majors: said in the scope, and restored into the newer one', async () => {
  const sql = 'create table t (a int not null, b text); create view v as select a, b from t where a > 0';
  await withDatabase(15, sql, async (left) =>
    withDatabase(18, sql, async (right) => {
      const { differences, scope } = valueOrThrow(await compareSides(left, right));
      expect(differences.map((difference) => difference.class)).toEqual(['deparse-only']);
      expect(scope.notCompared.join()).toContain('PostgreSQL 15 and 18');
      expect(scope.engines).toEqual(['catalog facts', expect.stringContaining('pg_dump 18')]);
    }),
  );
});

const neverAsked = async (): Promise<Result<Address>> => {
  throw new Error('no scratch server is needed here');
};
