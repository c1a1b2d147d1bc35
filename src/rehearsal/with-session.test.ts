import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { ok } from '../core/result.ts';
import { withSession } from './with-session.ts';

test('a statement that we cancel ourselves, because we were told to stop, is no fault of the statement', async () => {
  await withDatabase(18, '', async (address) => {
    const stop = new AbortController();
    const context = { ...testContext(), signal: stop.signal };
    const slept = withSession(context, address, async (session) => {
      setTimeout(() => stop.abort(), 50);
      await session.execute('select pg_catalog.pg_sleep(60)');
      return ok();
    });
    expect(await slept).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    const wrong = await withSession(testContext(), address, async (session) => ok(await session.execute('select 1 / 0')));
    expect(wrong).toMatchObject({ ok: false, failure: { code: 'check-failed', sql: { sqlstate: '22012' } } });
  });
});
