import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Address } from '../../core/server.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';

const state = `
  select c.relname::text as name, jsonb_build_array(i.indisvalid, i.indisready, i.indislive, i.indisunique, pg_get_indexdef(c.oid)) as what
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
  union all
  select k.conname || ' ' || t.tgrelid::regclass, jsonb_agg(format('%s %s', t.tgfoid::regproc, t.tgenabled) order by t.tgfoid) from pg_trigger t join pg_constraint k on k.oid = t.tgconstraint group by 1
  union all
  select conname, to_jsonb(convalidated) from pg_constraint where contype = 'f'
  order by 1, 2`;

async function copied(source: Address, target: Address) {
  const opened = await openUrl(testContext(), { url: `postgres://postgres@${source.host}:${source.port}/${source.database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using live = opened.value;
  const done = await copyDatabase(testContext(), { ...live, facts: { ...live.facts, roles: [], memberships: [] } }, target);
  if (!done.ok) throw new Error(done.failure.message);
  return done.value.report;
}

test.each([15, 18] as const)('PostgreSQL %i: invalid indexes and foreign keys that are switched off come over as they are', async (major) => {
  const made = `
    create table t (a int primary key, b int); create table u (a int constraint "u; to t" references t, b int); insert into t values (1, 1), (2, 1); insert into u values (1, 0), (null, 1);
    create table parts (a int references t) partition by list (a); create table parts_1 partition of parts for values in (1)`;
  await withDatabase(major, made, async (source, run) => {
    // As it happens in production: the build breaks on rows, and leaves its half behind.
    await expect(run('create unique index concurrently "Half ""done" on t (b) where a < 100')).rejects.toThrow('could not create unique index');
    await run('create index ready on u (b); create index half_dropped on u (a)');
    await run(
      "update pg_index set indisvalid = false where indexrelid = 'ready'::regclass; update pg_index set indisvalid = false, indisready = false, indislive = false where indexrelid = 'half_dropped'::regclass",
    );
    await run('alter table u disable trigger all; alter table parts disable trigger all');
    const expected = await ask(source, state);
    expect(JSON.stringify(expected)).toMatch(/RI_FKey_check_ins[\\"]* D/);
    await withDatabase(major, '', async (target, runInCopy) => {
      expect((await copied(source, target)).losses).toEqual([]);
      expect(await ask(target, state)).toEqual(expected);
      // Nothing but what production has: a row that breaks the foreign key gets in, and a rebuild of the index fails.
      await runInCopy('insert into u values (99)');
      await expect(runInCopy('reindex index "Half ""done"')).rejects.toThrow('could not create unique index');
    });
  });
});

test('what can’t be made again is a loss of that object only', async () => {
  await withDatabase(15, 'create table t (a int, b int); insert into t values (1, 0), (2, 1); create index fine on t (a)', async (source, run) => {
    await expect(run('create index concurrently breaks on t ((a / b))')).rejects.toThrow('division by zero');
    await withDatabase(15, '', async (target) => {
      const { losses } = await copied(source, target);
      expect(losses.map(({ object, sqlstate }) => [object, sqlstate])).toEqual([[{ kind: 'index', name: 'public.breaks' }, '22012']]);
      expect(await ask(target, "select indexrelid::regclass::text as name from pg_index where indrelid = 't'::regclass")).toEqual([{ name: 'fine' }]);
    });
  });
});
