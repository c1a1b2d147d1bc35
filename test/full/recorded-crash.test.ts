import { expect, test } from 'vitest';
import { startRecording } from '../../src/record/start-recording.ts';
import { record, statementOf, withClient } from '../record/record.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';

const hba = ['host all all 127.0.0.1/32 trust'];

test.each(['the whole server', 'the session of the migration'] as const)('%s crashes under a migration: it is recorded as far as it came', async (what) => {
  await withOwnServer(18, { hba }, async ({ tcp, admin, crash, restart }) => {
    await ask(admin, 'create table t (id int)');
    await using recorder = unwrap(await startRecording(testContext(), { admin: tcp, target: tcp }));
    const failed = Promise.withResolvers<unknown>();
    await withClient(recorder.address, async (client) => {
      const { rows } = await client.query('select pg_backend_pid() as pid');
      await client.query('begin');
      await client.query('alter table t add n int');
      client.query('select pg_sleep(600)').then(failed.reject, failed.resolve);
      await untilTrue(
        'it sleeps',
        async () => (await ask(admin, "select from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'")).length === 1,
      );
      if (what === 'the whole server') await crash();
      else process.kill(rows[0].pid, 'SIGKILL');
      await failed.promise;
    }).catch(() => {});
    const recording = unwrap(await recorder.stop());
    expect(statementOf(recording, 'select pg_sleep(600)').error).toMatchObject({
      sqlstate: what === 'the whole server' ? '08006' : expect.stringMatching(/08006|57P02/),
    });
    expect(statementOf(recording, 'alter table t add n int').locks).toMatchObject([{ mode: 'AccessExclusiveLock' }]);
    expect(recording.transactions.filter(({ block }) => block)).toMatchObject([{ outcome: 'lost' }]);
    expect(recording.connections).toMatchObject([{ ending: 'server-lost' }]);
    const ours = "select nspname from pg_namespace where nspname like 'pgrehearse%'";
    if (what === 'the whole server') {
      expect(recording.unobserved.map(({ why }) => why).join()).toContain('the server was gone at the end');
      await restart();
      // The next recording does away with them.
      expect(await ask(admin, ours)).toHaveLength(1);
      await record(tcp, async () => {});
    }
    expect(await ask(admin, ours)).toEqual([]);
  });
});
