import { expect, test } from 'vitest';
import { bookProduction, bookStaging } from '../support/book-store/read-book-store.ts';
import { withDatabase } from '../support/databases.ts';
import { syncOnce } from './sync-stage.ts';

test.each([
  [15, 18],
  [18, 15],
] as const)('fourteen tables from PostgreSQL %i to %i, numeric and text[] to jsonb among them', async (from, to) => {
  await withDatabase(from, bookProduction, async (production, there) => {
    await withDatabase(to, bookStaging, async (staging, here) => {
      const { result, tables, plan, findings, events } = await syncOnce(production, staging);
      expect(events.filter((event) => event.type === 'failure')).toEqual([]);
      expect({ kind: result.verdict.kind, exitCode: result.exitCode, findings }).toEqual({ kind: 'PASS', exitCode: 0, findings: [] });
      expect([...tables].filter(([, { outcome }]) => outcome !== 'synced')).toEqual([]);
      expect(tables.size).toBe(14);
      expect(plan?.leftOut.map(({ table }) => table)).toEqual(['public.alembic_version']);

      // Staging's own ledger: the next upgrade knows what is applied. With production's it would make again what is there.
      const upgrade = `do $$ begin if (select version_num from alembic_version) = 'a9fd309' then create table feature_flags (name text); end if; end $$`;
      await here(upgrade);
      expect((await here('select version_num from alembic_version')).rows).toEqual([{ version_num: '6575f61' }]);
      await syncOnce(production, staging, { sync: { tables: { ledgers: 'copy' } }, tables: ['alembic_version'] });
      await expect(here(upgrade)).rejects.toMatchObject({ code: '42P07' });
      const jsons = 'select id, to_jsonb(condition_positives) as v from eval_runbooks order by id';
      expect((await here(jsons)).rows).toEqual((await there(jsons)).rows);
      const numbers = 'select key, to_jsonb(value)::text as v, updated_at::text from admin_config order by key';
      expect((await here(numbers)).rows).toEqual((await there(numbers)).rows);
      expect((await here('select distinct changed_by from admin_config')).rows).toEqual([{ changed_by: 'migration' }]);
      for (const table of ['authors', 'book_images', 'analysis_jobs', 'book_analyses', 'eval_price_history', 'eval_runbook_jobs', 'binders']) {
        const all = `select md5(string_agg(t::text, e'\\n' order by t::text)) as h, count(*) from ${table} t`;
        expect([table, (await here(all)).rows]).toEqual([table, (await there(all)).rows]);
      }
      const books = 'select count(*)::int, sum(title_length)::int, count(details)::int, max(id)::int from books';
      expect((await here(books)).rows).toEqual((await there(books)).rows);

      // Masked before it left, and every sequence past what came.
      expect((await here("select count(*)::int as n from users where email like '%books.example' or name like 'Reader%'")).rows).toEqual([{ n: 0 }]);
      expect((await here("insert into book_images (book_id, s3_key) values (1, 'x') returning id::int")).rows).toEqual([{ id: 901 }]);
      expect((await here("insert into authors (name) values ('new') returning id")).rows[0]?.id).toBeGreaterThan(60);
    });
  });
});
