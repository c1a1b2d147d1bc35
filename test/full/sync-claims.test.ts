import { rmSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Context } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { withDatabase } from '../support/databases.ts';
import { withMoments } from '../support/sync-moments.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { syncOnce, syncSettings, urlOf } from '../sync/sync-stage.ts';

/** Each beyond what shares its round trips with others. */
const schema =
  'create table a (id int primary key, filler text); create table b (id int primary key, filler text); create table c (id int primary key, filler text)';
const rows = ['a', 'b', 'c']
  .map(
    (name) => `insert into ${name} select n, (select string_agg(md5((n * part)::text), '') from generate_series(1, 40) part) from generate_series(1, 1500) n`,
  )
  .join('; ');
const old = "insert into a values (-1, 'old'); insert into b values (-1, 'old'); insert into c values (-1, 'old')";
const held = 'select (select count(*) from a)::int as a, (select count(*) from b)::int as b, (select count(*) from c)::int as c';
const change = { settings: { masking: { columns: {} } } };

async function within(production: Address, staging: Address, context: Context & { readonly events: readonly unknown[] }, around: Context) {
  const folder = makeFolder('pgr-sync-');
  try {
    const settings = syncSettings(production, staging, change);
    unwrap(await stampStaging(context, { settings, folder }));
    return unwrap(await sync(around, { settings, folder, toolVersion: '0.0.0' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('one sync at a time; a name that leads elsewhere; an interrupt tells what staging holds', async () => {
  await withDatabase(15, `${schema}; ${rows}; analyze`, async (production) => {
    await withDatabase(18, `${schema}; ${old}`, async (staging, run) => {
      const other = new pg.Client({ connectionString: urlOf(staging), application_name: 'the other sync' });
      await other.connect();
      await other.query('select pg_advisory_lock(1885827688, 1937337955)');
      const second = await syncOnce(production, staging, change);
      expect(second.result.verdict.summary).toMatch(/Another sync is at work on staging \(.*\): process \d+, of role \w+ from .*, since 20/);
      expect((await run(held)).rows).toEqual([{ a: 1, b: 1, c: 1 }]);
      await other.end();

      await withDatabase(18, `${schema}; ${old}`, async (elsewhere, there) => {
        const context = testContext();
        const { postgres } = context.edge;
        const planned = () => context.events.some(({ type }) => type === 'tables-planned');
        const connect: typeof postgres.connect = (address, options) =>
          postgres.connect(planned() && address.database === staging.database ? elsewhere : address, options);
        const switched = await within(production, staging, context, { ...context, edge: { ...context.edge, postgres: { ...postgres, connect } } });
        expect(switched.verdict.kind).toBe('BLOCKER');
        const report = context.events.findLast((event) => event.type === 'tables-synced')?.report;
        expect(report?.tables.map(({ outcome }) => outcome)).toEqual(['not-reached', 'not-reached', 'not-reached']);
        expect(report?.tables[0]?.reason).toContain('now leads to another database');
        for (const ask of [run, there]) expect((await ask(held)).rows).toEqual([{ a: 1, b: 1, c: 1 }]);
      });

      const stop = new AbortController();
      const context = testContext();
      const around = withMoments({ ...context, signal: stop.signal, jobs: 1 }, (what) => {
        if (what.startsWith('rows of copy public.b')) stop.abort();
      });
      const interrupted = await within(production, staging, context, around);
      const report = context.events.findLast((event) => event.type === 'tables-synced')?.report;
      expect(report?.tables.map(({ table, outcome, holds }) => [table, outcome, holds])).toEqual([
        ['public.a', 'synced', 1500],
        ['public.b', 'undone', 1],
        ['public.c', 'not-reached', 1],
      ]);
      expect(interrupted.verdict.summary).toContain('1 of 3 tables hold production’s rows');
    });
  });
});
