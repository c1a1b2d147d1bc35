import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { record, statementOf } from '../record/record.ts';
import { withDatabase } from '../support/databases.ts';
import { untilTrue } from '../support/until-true.ts';

test('Ctrl-C in psql: what ran is told as cancelled, and its transaction as undone', async () => {
  await withDatabase(15, 'create table t (id int)', async (address, run) => {
    const recording = await record(address, async ({ port, user, database }) => {
      const commands = ['begin', 'alter table t add n int', 'select pg_sleep(600)'].flatMap((command) => ['-c', command]);
      const child = spawn('psql', ['-X', '-h', '127.0.0.1', '-p', `${port}`, '-U', user, '-d', database, '-v', 'ON_ERROR_STOP=1', ...commands], {
        stdio: 'ignore',
      });
      const gone = new Promise((resolve) => child.once('close', resolve));
      const sleeps = "select from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)' and state = 'active'";
      await untilTrue('it sleeps', async () => (await run(sleeps)).rowCount === 1);
      child.kill('SIGINT');
      await gone;
    });
    const slept = statementOf(recording, 'select pg_sleep(600)');
    expect(slept.error).toMatchObject({ sqlstate: '57014' });
    expect(recording.transactions).toMatchObject([{ outcome: 'rolled-back', block: true }]);
    const [lock] = recording.locks.filter(({ mode }) => mode === 'AccessExclusiveLock');
    expect(lock?.releasedMs).toBe(recording.transactions[0]?.endMs);
    expect(lock?.releasedMs).toBeGreaterThanOrEqual(slept.endedMs);
    expect((await run("select from pg_attribute where attrelid = 't'::regclass and attname = 'n'")).rowCount).toBe(0);
  });
});
