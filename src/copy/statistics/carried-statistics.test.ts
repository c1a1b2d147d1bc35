import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { alterManifest, dumpOf } from '../../../test/support/dump-of.ts';
import { fewOf } from '../../../test/support/in-full.ts';
import { ask } from '../../../test/support/own-server.ts';
import { copyLiveTo, proveStatistics, withEmptyCopy } from '../../../test/support/prove-statistics.ts';
import { statisticsOf } from '../../../test/support/statistics-of.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { Address } from '../../core/server.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';

test('the planner knows of a live copy what it knows in production, for every type, by writing into the catalog', async () => {
  const { statistics, differences, columns } = await proveStatistics(15, 15, 'live');
  expect(differences).toEqual([]);
  expect(columns).toBeGreaterThan(700);
  expect(statistics?.analysed).toEqual([]);
});

test('the planner knows of a loaded dump what it knows in production, for every type, by PostgreSQL’s own functions', async () => {
  const { statistics, differences, columns } = await proveStatistics(18, 18, 'folder');
  expect(differences).toEqual([]);
  expect(columns).toBeGreaterThan(700);
  expect(statistics?.analysed).toEqual([]);
});

/** Few rows are of kind `rare`, which the planner knows only from statistics, and the pages are half empty, which a copy's aren't. */
const skewed = `
  create table skewed (id int primary key, kind text not null, filler text) with (autovacuum_enabled = off);
  insert into skewed select g, case when g % 1000 = 0 then 'rare' when g % 100 = 0 then 'few' else 'often' end, repeat('x', 100) from generate_series(1, 20000) g;
  create index skewed_kind on skewed (kind); create index skewed_lower on skewed (lower(kind));
  create table untouched (id int, note text) with (autovacuum_enabled = off); insert into untouched select g, 'n' from generate_series(1, 500) g;
  analyze skewed; insert into skewed select g, 'late', '' from generate_series(20001, 24000) g;`;

const queries = ['kind = $$rare$$', 'kind = $$few$$', 'kind = $$often$$', 'kind = $$late$$', 'lower(kind) = $$rare$$', 'id < 300'];

/** Each plan, and how many rows it expects. */
async function plansOf(address: Address): Promise<readonly unknown[]> {
  const plans: unknown[] = [];
  for (const where of queries) {
    const [row] = await ask(address, `explain (format json) select * from skewed where ${where}`);
    const [top] = (row?.['QUERY PLAN'] as { Plan: Record<string, unknown> }[] | undefined) ?? [];
    plans.push([where, top?.Plan['Node Type'], top?.Plan['Index Name'], top?.Plan['Plan Rows']]);
  }
  return plans;
}

test.each(fewOf([15, 18] as const, (major) => major === 15))('a copy plans as production does, ANALYZE or not, on %i', async (major) => {
  await withDatabase(major, skewed, async (source) => {
    await withEmptyCopy(major, async (target) => {
      const { statistics } = await copyLiveTo(source, target);
      const why = 'production has none, or none that the role may read';
      expect(statistics).toEqual({ carried: ['public.skewed'], analysed: [{ why, tables: ['public.untouched'] }] });
      const plans = await plansOf(source);
      expect(await plansOf(target)).toEqual(plans);
      expect(await ask(target, `select count(*)::int as columns from pg_stats where tablename = 'untouched'`)).toEqual([{ columns: 2 }]);

      // Gathered on the copy, statistics would know of rows that production's planner doesn't.
      await ask(target, 'analyze');
      expect(await plansOf(target)).not.toEqual(plans);
      await ask(source, 'analyze');
      const fresh = (await statisticsOf(target)).lines.filter((line) => line.includes('untouched'));
      expect(fresh).toEqual((await statisticsOf(source)).lines.filter((line) => line.includes('untouched')));
    });
  });
});

test.each(fewOf([15, 18] as const, (major) => major === 18))('what can’t be carried is analysed on the copy, and told why, on %i', async (major) => {
  const role = `r_${randomBytes(6).toString('hex')}`;
  const production = `
    create role ${role} login bypassrls;
    create table extended (a int, b int); insert into extended select g % 5, g % 5 from generate_series(1, 200) g; create statistics both_of on a, b from extended;
    create domain old as text; create table unfit (v old, id int); insert into unfit select 'long ' || g % 3, g from generate_series(1, 90) g;
    create table words (t text); insert into words select 'word ' || g from generate_series(1, 90) g; create index on words using gin (to_tsvector('simple', t));
    create type mood as enum ('sad', 'ok', 'fine');
    create table by_mood (m mood, n int) partition by hash (m); create table by_mood_0 partition of by_mood for values with (modulus 1, remainder 0);
    insert into by_mood select 'ok', g from generate_series(1, 90) g;
    create table part (id int) partition by range (id); create table part_1 partition of part for values from (0) to (100); insert into part select g from generate_series(1, 90) g;
    create table spans (s int4range); insert into spans select int4range(g, g + 5) from generate_series(1, 90) g;
    create table fine (id int); insert into fine select g from generate_series(1, 90) g;
    analyze extended, unfit, words, by_mood_0, part_1, spans, fine;
    grant select on all tables in schema public to ${role};
    alter domain old add constraint short check (length(value) < 3) not valid;`;
  await withDatabase(major, production, async (source) => {
    await withEmptyCopy(major, async (target) => {
      const { statistics } = await copyLiveTo({ ...source, user: role }, target);
      expect(statistics?.carried).toEqual(['public.fine', 'public.part_1', ...(major === 18 ? ['public.spans'] : [])]);
      const why = (table: string) => statistics?.analysed.find(({ tables }) => tables.includes(`public.${table}`))?.why;
      expect(why('extended')).toMatch(/^extended statistics/);
      expect(why('unfit')).toMatch(/^production’s statistics don’t fit the copy: /);
      expect(why('words')).toMatch(/^an index keeps something else/);
      expect(why('by_mood_0')).toMatch(/^rows may lie in another partition/);
      expect(why('spans')).toEqual(major === 18 ? undefined : 'statistics of ranges can’t be read by the role');
      // Nothing analyses the partitioned tables of production, so nothing does here.
      expect(why('part')).toBeUndefined();
      const known = await ask(target, `select tablename::text as name from pg_stats where schemaname = 'public' group by 1 order by 1`);
      expect(known.map(({ name }) => name)).toEqual(['by_mood_0', 'extended', 'fine', 'part_1', 'spans', 'unfit', 'words', 'words_to_tsvector_idx']);
      expect(await ask(target, 'select n_distinct is not null as there from pg_stats_ext')).toEqual([{ there: true }]);
    });
    await ask(source, `drop owned by ${role}`);
    await ask(testServer(major), `drop role ${role}`);
  });
});

test('statistics are gathered on the copy where they are asked for, or the server isn’t ours to write into its catalogs', async () => {
  await withDatabase(
    15,
    `create table t (id int); insert into t select g from generate_series(1, 90) g; analyze; insert into t values (null)`,
    async (source) => {
      await withEmptyCopy(15, async (target) => {
        for (const [name, options] of [['asked', { server: 'ours', statistics: 'analyze' }] as const, ['shared', { server: 'shared' }] as const]) {
          await ask(target, `create database ${name} template template0`);
          const { statistics } = await copyLiveTo(source, { ...target, database: name }, options);
          expect(statistics).toBeUndefined();
          expect(await ask({ ...target, database: name }, `select null_frac > 0 as fresh from pg_stats where tablename = 't'`)).toEqual([{ fresh: true }]);
        }
      });
    },
  );
});

test('damage of a dump’s statistics is named, and a folder of earlier days, which has none, is analysed', async () => {
  const made = `create table t (id int); insert into t select g from generate_series(1, 90) g; analyze; insert into t values (null)`;
  await withDatabase(18, made, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const { folder: dump } = await dumpOf(context, address, folder);
        const fresh = `select null_frac > 0 as fresh from pg_stats where tablename = 't'`;
        const load = (use: (result: Awaited<ReturnType<typeof copyDatabase>>, target: Address) => Promise<void>) =>
          withDatabase(18, '', async (target) => {
            const opened = await openDump(context, { path: dump });
            if (!opened.ok) throw new Error(opened.failure.message);
            await use(await copyDatabase(context, opened.value, target), target);
          });
        await load(async (result, target) => {
          expect(result).toMatchObject({ ok: true, value: { report: { statistics: { carried: ['public.t'], analysed: [] } } } });
          expect(await ask(target, fresh)).toEqual([{ fresh: false }]);
        });
        alterManifest(dump, ({ statistics, ...manifest }) => ({
          ...manifest,
          ...(statistics && { statistics: { ...statistics, file: { ...statistics.file, rows: 7 } } }),
        }));
        await load(async (result) => {
          expect(result).toMatchObject({ ok: false, failure: { code: 'dump-damaged', message: expect.stringMatching(/^statistics\.copy\.zst .* 2 rows/) } });
        });
        const path = join(dump, 'statistics.copy.zst');
        const bytes = readFileSync(path);
        bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
        writeFileSync(path, bytes);
        await load(async (result) => {
          expect(result).toMatchObject({ ok: false, failure: { code: 'dump-damaged', message: expect.stringMatching(/statistics\.copy\.zst/) } });
        });
        rmSync(path);
        alterManifest(dump, ({ statistics: _, ...manifest }) => manifest);
        await load(async (result, target) => {
          expect(result).toMatchObject({ ok: true });
          expect(result.ok && result.value.report.statistics).toBeUndefined();
          expect(await ask(target, fresh)).toEqual([{ fresh: true }]);
        });
      }),
    ),
  );
});
