import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { FailureError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { holdTables } from './hold-tables.ts';
import { listTables } from './table-list.ts';

const source = { facts: { label: 'production' } } as Parameters<typeof holdTables>[0];

test.each([15, 18] as const)('a table that was emptied, rewritten or dropped after the snapshot is never taken for an empty one: %i', async (major) => {
  await withDatabase(major, 'create table kept (a int); create table t (a int); insert into t select generate_series(1, 10)', async (address, run) => {
    const atSnapshot = async (change: string, use: (session: Session) => Promise<void>) => {
      const opened = await testContext().edge.postgres.connect(address, { readOnly: { statementTimeoutMs: 0, lockTimeoutMs: 300 } });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using session = opened.value;
      await session.execute('begin transaction isolation level repeatable read, read only');
      await session.query('select pg_export_snapshot()');
      const tables = await listTables(session);
      expect(tables.map(({ name, isEmpty }) => `${name} ${isEmpty}`)).toEqual(['t false', 'kept true']);
      await run(change);
      await use(session);
    };
    const failureOf = async (session: Session) =>
      await holdTables(source, session, [
        { schema: 'public', name: 'kept' },
        { schema: 'public', name: 't' },
      ]).then(
        () => undefined,
        (error: FailureError) => `${error.failure.code} ${error.failure.object}`,
      );
    const rows = 'insert into t select generate_series(1, 10)';
    await atSnapshot('vacuum t', async (session) => {
      expect(await failureOf(session)).toBeUndefined();
      // Held: what would empty it has to wait.
      await expect(run("set lock_timeout = '200ms'; truncate t")).rejects.toThrow('lock timeout');
    });
    await atSnapshot(`truncate t; ${rows}`, async (session) => expect(await failureOf(session)).toBe('source-changed public.t'));
    await atSnapshot('alter table t alter a type bigint', async (session) => expect(await failureOf(session)).toBe('source-changed public.t'));
    await atSnapshot('drop table t', async (session) => expect(await failureOf(session)).toBe('source-changed public.t'));
  });
});
