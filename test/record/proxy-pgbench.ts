import { expect } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { runClient } from './proxy-client.ts';
import { watching } from './proxy-watching.ts';

/** pgbench's own transactions, by two sessions in one of libpq's ways, while we ask at every ReadyForQuery where we may. */
export async function pgbenchRuns(mode: 'simple' | 'extended' | 'prepared'): Promise<void> {
  await withDatabase(15, '', async (target) => {
    const { hooks, statements } = watching({
      atReady: async ({ ask }) => void (await ask?.({ name: 'ours', text: 'select pg_catalog.pg_backend_pid()' }, [])),
    });
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    expect(await runClient('pgbench', proxy.address, ['-i', '-q', '-s', '1'])).toMatchObject({ code: 0 });
    const before = statements.length;
    const { code, stderr, stdout } = await runClient('pgbench', proxy.address, ['-n', '-M', mode, '-c', '2', '-t', '20']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('number of transactions actually processed: 40/40');
    // Seven statements a transaction, and one that looks at the tables' partitioning.
    expect(statements.length - before).toBeGreaterThanOrEqual(280);
    expect(statements.filter(({ error }) => error !== undefined)).toEqual([]);
  });
}
