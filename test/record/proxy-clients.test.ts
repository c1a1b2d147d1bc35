import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { connectClient, runClient } from './proxy-client.ts';
import { pgbenchRuns } from './proxy-pgbench.ts';
import { watching } from './proxy-watching.ts';

/** Asks at every ReadyForQuery where it may. */
const asking = () => watching({ atReady: async ({ ask }) => void (await ask?.({ name: 'ours', text: 'select pg_catalog.pg_backend_pid()' }, [])) });

test('psql says the same through the proxy as without: several statements, COPY both ways, errors, cursors', async () => {
  const script = [
    'create table t(id int primary key, v text);',
    'copy t from stdin;\n1\ta\n2\tb\n\\.',
    'copy t from stdin;\n3\tc\nx\td\n\\.',
    'select 1 \\; select 2;',
    'copy t to stdout;',
    'begin; set transaction isolation level serializable; declare c cursor for select * from t; fetch 1 from c; savepoint s; select 1/0; rollback to s; fetch 1 from c; commit;',
    'begin; truncate t; copy t from stdin with (freeze);\n5\te\n\\.\ncommit;',
    'prepare p as select count(*) from t; execute p; deallocate all; execute p; discard all;',
    "begin; set local statement_timeout = '1min'; select 1; show statement_timeout; commit; show statement_timeout;",
    "do $$ begin raise notice 'theirs'; end $$;",
    'select pid = 1 from pg_stat_activity where false;',
  ].join('\n');
  await withDatabase(18, '', async (direct) => {
    await withDatabase(18, '', async (target) => {
      const { hooks } = asking();
      await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
      const without = await runClient('psql', direct, ['-a'], { input: script });
      const through = await runClient('psql', proxy.address, ['-a'], { input: script });
      expect(through).toEqual(without);
      expect(without.stdout).toContain('2\tb');
    });
  });
});

test('pgbench -M prepared runs while we ask at every ReadyForQuery', () => pgbenchRuns('prepared'));

test('a cancel request ends what its client runs, and a client that vanishes ends its session', async () => {
  await withDatabase(15, '', async (target, run) => {
    const { hooks, told } = asking();
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    const child = spawn('psql', ['-h', '127.0.0.1', '-p', String(proxy.address.port), '-U', target.user, '-d', target.database, '-c', 'select pg_sleep(600)'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const sleeps = async () =>
      (await run("select 1 from pg_stat_activity where datname = current_database() and query like 'select pg_sleep%' and state = 'active'")).rowCount === 1;
    await untilTrue('it sleeps', sleeps);
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toContain('canceling statement due to user request');
    const client = await connectClient(proxy.address);
    await client.query('begin');
    await client.query('create table gone()');
    client.connection.stream.destroy();
    await untilTrue('the session is told as ended', async () => told.includes('close 2 client-vanished'));
    expect((await run("select to_regclass('gone') as t")).rows).toEqual([{ t: null }]);
    expect(told).toContain('57014 null select pg_sleep(600)');
  });
});
