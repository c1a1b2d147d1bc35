import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Address } from '../../core/server.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';

const filled = `create table big as select g as a, repeat(md5(g::text), 20) as t from generate_series(1, 60000) g;
  create table small as select g as a from generate_series(1, 10) g; create sequence counter; select nextval('counter');
  create table wide as select g as a, repeat(md5(g::text), 20) as t from generate_series(1, 30000) g; create index on big (a)`;
const content = `select (select md5(string_agg(a || t, ',' order by a)) from big) as big, (select md5(string_agg(a || t, ',' order by a)) from wide) as wide,
  (select count(*)::int from small) as small, (select last_value::int from counter) as counter`;
const lines = { hba: ['host all all 127.0.0.1/32 trust'], settings: { autovacuum: 'off' } };

/** Copies, and ends every session on the source when the first rows come, `change` along with it. */
async function copyWithLoss(from: Address, target: Address, unchanging: boolean, change = '') {
  const context = testContext();
  const opened = await openUrl(context, { url: `postgres://postgres@${from.host}:${from.port}/${from.database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using source = opened.value;
  let struck = false;
  const emit: typeof context.emit = (event) => {
    context.emit(event);
    if (struck || event.type !== 'progress' || event.done === 0) return;
    struck = true;
    void ask(from, `${change}; select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'pgrehearse %'`);
  };
  const copied = await copyDatabase({ ...context, emit }, unchanging ? { ...source, unchanging } : source, target, { jobs: 2 });
  const steps = context.events.flatMap((event) => (event.type === 'step' ? [event.text] : []));
  return { copied, steps, struck };
}

test('a source that can’t change is connected to again, and its copy is whole', async () => {
  await withOwnServer(15, lines, async ({ tcp }) => {
    await ask(tcp, filled);
    await withDatabase(15, '', async (target) => {
      const { copied, steps, struck } = await copyWithLoss(tcp, target, true);
      expect(struck).toBe(true);
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(await ask(target, content)).toEqual(await ask(tcp, content));
      expect(copied.value.report.rows).toBe(90_010);
      expect(copied.value.report.sourceCounts.map(({ table, rows }) => `${table} ${rows}`)).toEqual(['big 60000', 'small 10', 'wide 30000']);
      expect(steps).toContainEqual(expect.stringMatching(/was lost .*Connecting again in 1 s \(1 of 5\); finished tables stay/));
    });
    await withDatabase(15, '', async (target) => {
      // It said that it couldn't change.
      const { copied } = await copyWithLoss(tcp, target, true, 'create table new (a int)');
      expect(copied).toMatchObject({ ok: false, failure: { code: 'source-lost', message: expect.stringContaining('gave out transactions') } });
    });
    await withDatabase(15, '', async (target) => {
      const { copied, steps } = await copyWithLoss(tcp, target, false);
      expect(copied).toMatchObject({ ok: false, failure: { code: 'source-lost', message: expect.stringContaining('snapshot is gone') } });
      expect(steps.join()).not.toContain('again');
    });
  });
});
