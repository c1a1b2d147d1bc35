import { expect, test } from 'vitest';
import { copyDatabase } from '../../src/copy/copy-database.ts';
import type { Address } from '../../src/core/server.ts';
import { openUrl } from '../../src/source/url.ts';
import { withDatabase } from '../support/databases.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { canMakeStandby, primaryAccess, withStandby } from '../support/standby.ts';
import { testContext } from '../support/test-context.ts';

async function copyStandby(standby: Address, target: Address, atFirstRow: () => Promise<unknown>) {
  const context = testContext();
  const opened = await openUrl(context, { url: `postgres://postgres@${standby.host}:${standby.port}/postgres`, allowPrimary: false });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using source = opened.value;
  let struck: Promise<unknown> | undefined;
  const emit: typeof context.emit = (event) => {
    if (event.type === 'progress' && event.done > 0) struck ??= atFirstRow();
  };
  const copied = await copyDatabase({ ...context, emit }, source, target, { jobs: 1 });
  await struck;
  return copied;
}

test.skipIf(!canMakeStandby)('a standby that replays over our snapshot is named, with its cure; one that waits is copied whole', async () => {
  await withOwnServer(15, { hba: primaryAccess, settings: { autovacuum: 'off' } }, async ({ tcp }) => {
    await ask(tcp, 'create table big as select g as a, repeat(md5(g::text), 30) as t from generate_series(1, 100000) g; create table late (a int)');
    const on = async (address: Address, ...statements: string[]) => {
      for (const statement of statements) await ask(address, statement);
    };
    await withStandby(tcp, {}, async (standby) => {
      await withDatabase(15, '', async (target) => {
        await on(standby, 'alter system set max_standby_streaming_delay = 0', 'select pg_reload_conf()');
        // Dead rows that our snapshot still sees are taken away.
        const cleaned = await copyStandby(standby, target, () => on(tcp, 'delete from big where a % 2 = 0', 'vacuum big'));
        expect(cleaned).toMatchObject({ ok: false, failure: { code: 'standby-conflict', cure: expect.stringContaining('hot_standby_feedback') } });
      });
      await withDatabase(15, '', async (target) => {
        await on(standby, 'alter system set max_standby_streaming_delay = -1', 'select pg_reload_conf()');
        const copied = await copyStandby(standby, target, () => on(tcp, 'delete from big where a % 3 = 0', 'vacuum big', 'truncate late'));
        if (!copied.ok) throw new Error(copied.failure.message);
        expect(copied.value.report.sourceCounts).toEqual([
          { schema: 'public', table: 'big', rows: 50_000 },
          { schema: 'public', table: 'late', rows: 0 },
        ]);
      });
    });
  });
});
