import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { listConnections, terminateIdle } from './connections.ts';

test('only connections that are idle, and have been for long, are ended; and only in the database of the clone', async () => {
  await withDatabase(18, '', async (address) => {
    const context = testContext();
    const open = async (applicationName: string, database = address.database) =>
      unwrap(await context.edge.postgres.connect({ ...address, database }, { applicationName }));
    const [idle, open1, elsewhere] = [await open('idle'), await open('in transaction'), await open('elsewhere', 'postgres')];
    try {
      await open1.execute('begin; select 1');
      const states = async () =>
        Object.fromEntries(unwrap(await listConnections(context, address, 'production')).map(({ application, state }) => [application, state]));
      expect(await states()).toEqual({ idle: 'idle', 'in transaction': 'idle in transaction' });
      expect(unwrap(await terminateIdle(context, { admin: address }, 60))).toEqual([]);
      const ended = unwrap(await terminateIdle(context, { admin: address }, 0));
      expect(ended).toHaveLength(1);
      await expect.poll(states, { timeout: 60_000 }).toEqual({ 'in transaction': 'idle in transaction' });
      expect(await open1.query('select 1 as one')).toEqual([{ one: 1 }]);
      expect(await elsewhere.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      for (const client of [idle, open1, elsewhere]) await client.close().catch(() => {});
    }
  });
});
