import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { openUrl } from '../../source/url.ts';
import { Progress } from '../progress.ts';
import { copyTables } from './copy-tables.ts';
import { cutTables } from './cut-tables.ts';
import { SteadySource } from './steady-source.ts';
import { copyOutStatement, listTables } from './table-list.ts';

test.each([15, 18] as const)('the ranges of a table are all of its rows and none twice, also of rows that came later: %i', async (major) => {
  await withDatabase(
    major,
    `create table big (a int, t text); insert into big select g, repeat('x', 100) from generate_series(1, 20000) g; create table small (a int);
     create table child () inherits (big); insert into child values (-1)`,
    async (address, run) => {
      const opened = await testContext().edge.postgres.connect(address);
      if (!opened.ok) throw new Error(opened.failure.message);
      await using session = opened.value;
      const tables = await listTables(session);
      const pieces = cutTables(tables, 4, session.serverVersionNum, 100_000).filter(({ name }) => name === 'big');
      expect(pieces.map(({ range }) => [range?.from !== undefined, range?.to !== undefined])).toEqual([
        [false, true],
        [true, true],
        [true, true],
        [true, false],
      ]);
      await run("insert into big select g, repeat('x', 100) from generate_series(20001, 25000) g");
      const rows: number[] = [];
      for (const piece of pieces) {
        const query = copyOutStatement(piece).replace(/^copy \(|\) to stdout$/g, '');
        rows.push(...(await session.query<{ a: number }>(query)).map(({ a }) => a));
      }
      expect(rows.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 25_000 }, (_, place) => place + 1));
      // Only where there are workers for it, where the table is more than one worker's share, and where the server can read a range alone.
      expect(cutTables(tables, 3, 150_000, 100_000)).toEqual(tables);
      expect(cutTables(tables, 4, 130_000, 100_000)).toEqual(tables);
      expect(cutTables(tables, 4, 150_000)).toEqual(tables);
    },
  );
});

test('a table that is cut is copied by all workers, and told of once it is whole', async () => {
  await withDatabase(
    15,
    'create table big (a int, t text); insert into big select g, md5(g::text) from generate_series(1, 20000) g; create table small as select 1 as a',
    async (from) => {
      await withDatabase(15, 'create table big (a int, t text); create table small (a int)', async (to, run) => {
        const context = testContext();
        const opened = await openUrl(context, { url: `postgres://${from.user}@${from.host}:${from.port}/${from.database}`, allowPrimary: true });
        if (!opened.ok) throw new Error(opened.failure.message);
        await using source: LiveSource = opened.value;
        const tables = await listTables(source.session);
        await using steady = await SteadySource.of(context, source);
        const told: string[] = [];
        const progress = new Progress(context.emit, {});
        const options = { jobs: 4, progress, cutFromBytes: 100_000, onTable: ({ name }: { name: string }) => void told.push(name) };
        expect(await copyTables(context, steady, to, tables, options)).toEqual([
          { schema: 'public', table: 'big', rows: 20_000 },
          { schema: 'public', table: 'small', rows: 1 },
        ]);
        expect(told.toSorted()).toEqual(['big', 'small']);
        expect(progress.rows).toBe(20_001);
        const { rows } = await run("select count(distinct a)::int as rows, count(*)::int as all, md5(string_agg(t, '' order by a)) as content from big");
        const expected = await source.session.query(
          "select count(*)::int as rows, count(*)::int as all, md5(string_agg(t, '' order by a)) as content from public.big",
        );
        expect(rows).toEqual(expected);
      });
    },
  );
});
