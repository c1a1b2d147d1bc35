import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { compareSchemas } from '../../src/schema/compare-schemas.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { recordStatements, withClient } from './record.ts';

const team = `create table invoice (id int primary key, note text);
create function note() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger watching on ddl_command_end execute function note();`;

/** Everything of a recorder that a database can hold. */
const traces = `select evtname::text as name from pg_catalog.pg_event_trigger where evtname ~ 'pgrehearse'
  union all select proname::text from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace where nspname ~ 'pgrehearse'
  union all select nspname::text from pg_catalog.pg_namespace where nspname ~ 'pgrehearse'
  union all select datname || setconfig::text from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase where datname = current_database()
  order by 1`;

test('the schema after a recording is the one before it, by catalogs and by pg_dump', async () => {
  await withDatabase(18, team, async (before) => {
    await withDatabase(18, team, async (recorded, run) => {
      await recordStatements(recorded, [
        'begin',
        'alter table invoice add paid bool',
        'create table gone ()',
        'rollback',
        'select 1',
        'alter table invoice set (fillfactor = 70)',
      ]);
      const sides = [
        { address: before, label: 'before' },
        { address: recorded, label: 'after' },
      ] as const;
      const compare = async () =>
        unwrap(await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...before, database: 'postgres' }) })).differences;
      // One difference is there, so that the comparison has proven that it can see.
      expect((await compare()).map(({ object, property }) => [object.name, property])).toEqual([['public.invoice', expect.any(String)]]);
      expect((await run(traces)).rows).toEqual([]);
    });
  });
});

test('what a killed process left in the clone goes when the next recording starts', async () => {
  await withDatabase(15, team, async (address, run) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'start-and-wait.ts'), String(address.port), address.database], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(child.stdout, 'data');
    // It records when it is killed: a statement runs, and its transaction has changed something.
    await withClient({ ...address, port: Number(String(port)) }, async (client) => {
      await client.query('begin; alter table invoice add paid bool');
      const running = client.query('select pg_sleep(600)').catch(() => {});
      const sleeps = "select from pg_stat_activity where datname = current_database() and query ~ '^select pg_sleep' and state = 'active'";
      await untilTrue('it runs', async () => (await run(sleeps)).rowCount === 1);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await running;
    });
    expect((await run(traces)).rows).toHaveLength(7);
    // The server hasn't heard of the end of whoever sleeps.
    await ask(testServer(15), `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${address.database}' and query ~ '^select pg_sleep'`);
    const recording = await recordStatements(address, ['alter table invoice add due date']);
    expect(recording.statements).toMatchObject([{ tag: 'ALTER TABLE', locks: [{ mode: 'AccessExclusiveLock' }] }]);
    expect((await run(traces)).rows).toEqual([]);
  });
});
