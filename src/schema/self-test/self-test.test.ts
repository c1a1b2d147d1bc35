import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Major, testServer } from '../../../test/support/databases.ts';
import { fewOf } from '../../../test/support/in-full.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { Probe, SamePair } from '../probes/probe.ts';
import { selfTest } from './self-test.ts';
import { isPerfect, renderSelfTest, type SelfTestScore } from './self-test-score.ts';

const probes: readonly Probe[] = [
  { name: 'type of a column', expect: ['semantic', 'column', 'type'], left: 'create table t (a int)', right: 'create table t (a bigint)' },
  { name: 'owner', expect: ['security', 'table', 'owner'], both: 'create table t (a int);', left: 'alter table t owner to $role' },
  { name: 'comment on the database', expect: ['comment', 'database', 'comment'], place: 'database', left: comment() },
  { name: 'base type', expect: ['semantic', 'type', 'only-left'], left: 'create type base' },
  {
    name: 'system function',
    expect: ['security', 'function', 'privileges'],
    place: 'database',
    left: 'revoke execute on function pg_catalog.pg_sleep(float8) from public',
  },
];
const pairs: readonly SamePair[] = [
  { name: 'added later', left: 'create table t (a int); alter table t add b int', right: 'create table t (a int, b int)' },
  {
    name: 'BETWEEN, restored',
    left: 'create table t (a int check (a between 1 and 5 and a is not null))',
    right: 'create table t (a int check ((((a >= 1) and (a <= 5)) and (a is not null))))',
    deparse: true,
  },
];

function comment(): string {
  return `do $do$ begin execute format('comment on database %I is ''x''', current_database()); end $do$`;
}

const run = (server: Address, options: Partial<Parameters<typeof selfTest>[2]> = {}, context = testContext()) =>
  selfTest(context, server, { probes, samePairs: pairs, scratch: async () => ok({ ...server, user: 'postgres' }), ...options });

async function scoreOf(result: ReturnType<typeof run>): Promise<SelfTestScore> {
  const tested = await result;
  if (!tested.ok) throw new Error(tested.failure.message);
  return tested.value;
}

/** Databases and roles that are called as ours are, and made by this login. */
const leftovers = (server: Address, user: string) =>
  ask(
    { ...server, user: 'postgres' },
    `select datname as name from pg_database where datname ~ '^pgrehearse_selftest' and pg_get_userbyid(datdba) = '${user}'`,
  );

// Each makes and drops several databases, which takes long where the disk is busy.
describe.each(fewOf<Major>([15, 18], (major) => major === 18))('on PostgreSQL %i', { timeout: 240_000 }, (major) => {
  const once = (name: string, run: () => Promise<void>) => {
    if (major === 18) test(name, run);
  };
  /** A login of the test, so that what it leaves can be told from what other tests are at work with. */
  async function withLogin<T>(attributes: string, use: (server: Address) => Promise<T>): Promise<T> {
    const user = `tester_${randomBytes(4).toString('hex')}`;
    const server = testServer(major);
    await ask(server, `create role ${user} login ${attributes}`);
    try {
      const result = await use({ ...server, user });
      expect(await leftovers(server, user)).toEqual([]);
      return result;
    } finally {
      await ask(server, `drop role ${user}`);
    }
  }

  test('a superuser: all is tried, told right, and gone', async () => {
    await withLogin('superuser', async (server) => {
      const score = await scoreOf(run(server));
      expect(score).toMatchObject({ differences: { run: 5, found: 5 }, same: { run: 2, equal: 2 }, missed: [], wrong: [], notRun: [] });
      expect(score.byKind).toMatchObject({ column: { run: 1, found: 1 }, function: { run: 1, found: 1 } });
      expect(isPerfect(score)).toBe(true);
      expect(renderSelfTest(score)).toContain('One property differs: 5 of 5 found');
      expect(await ask(server, `select rolname from pg_roles where rolname like 'pgrehearse_selftest%' and pg_get_userbyid(oid) = '${server.user}'`)).toEqual(
        [],
      );
    });
  });

  once('what is missed and what is told falsely', async () => {
    await withLogin('superuser', async (server) => {
      const [first] = probes as [Probe];
      const score = await scoreOf(
        run(server, {
          probes: [
            { ...first, name: 'expected wrongly', expect: ['semantic', 'table', 'only-left'] },
            { ...first, name: 'does nothing', left: 'create table t (a int)', right: 'create table t (a int)' },
          ],
          samePairs: [{ name: 'not the same', left: 'create table t (a int)', right: 'create table t (a text)' }],
        }),
      );
      expect(score.missed.map(({ probe }) => probe)).toEqual(['expected wrongly', 'does nothing']);
      expect(score.wrong.map(({ probe, told }) => [probe, ...told])).toEqual([
        ['expected wrongly', 'semantic', 'column', 'type'],
        ['not the same', 'semantic', 'column', 'type'],
      ]);
      expect(isPerfect(score)).toBe(false);
      expect(renderSelfTest(score)).toContain('does nothing: expected semantic column type; told nothing');
    });
  });

  once('an ordinary login: what it may not do is named as not run', async () => {
    await withLogin('createdb', async (server) => {
      const score = await scoreOf(run(server, { probes: probes.filter(({ place }) => place === undefined), samePairs: [] }));
      expect(score.notRun.map(({ probe, why }) => `${probe}: ${why}`)).toEqual([
        'owner: it needs roles, which this login may not make',
        expect.stringMatching(/^base type: .*superuser/),
      ]);
      expect(score).toMatchObject({ differences: { run: 1, found: 1 }, missed: [], wrong: [] });
    });
  });

  once('a login that may not make databases is refused', async () => {
    await withLogin('', async (server) => {
      const refused = await run(server);
      expect(refused).toMatchObject({ ok: false, failure: { code: 'privileges-missing' } });
    });
  });

  once('interrupted at work: nothing stays', async () => {
    await withLogin('superuser', async (server) => {
      const stop = new AbortController();
      const scratch = async () => {
        // Databases and roles are there, and are being compared.
        expect(await leftovers(server, server.user)).toHaveLength(2);
        stop.abort();
        return ok({ ...server, user: 'postgres' });
      };
      const stopped = await run(server, { scratch, probes: [] }, { ...testContext(), signal: stop.signal });
      expect(stopped).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    });
  });
});
