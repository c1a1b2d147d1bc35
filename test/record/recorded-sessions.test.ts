import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { untilTrue } from '../support/until-true.ts';
import { connectClient, runClient } from './proxy-client.ts';
import { nameIn, record, statementOf, withClient } from './record.ts';

test('a pool of connections, each in its own transaction at the same time', async () => {
  const tables = ['a', 'b', 'c', 'd'];
  await withDatabase(18, tables.map((name) => `create table ${name} (id int);`).join(''), async (address, run) => {
    const recording = await record(address, async ({ host, port, user, database }) => {
      const pool = new pg.Pool({ host, port, user, database, max: tables.length, application_name: 'pool' });
      const clients = await Promise.all(tables.map(() => pool.connect()));
      for (const step of [() => 'begin', (name: string) => `alter table ${name} add n int`, () => 'commit']) {
        await Promise.all(clients.map((client, at) => client.query(step(tables[at] ?? ''))));
      }
      for (const client of clients) client.release();
      await pool.end();
      const theirs = "select from pg_stat_activity where datname = current_database() and application_name = 'pool'";
      await untilTrue('all have said good-bye', async () => (await run(theirs)).rowCount === 0);
    });
    expect(recording.connections.map(({ ending }) => ending)).toEqual(tables.map(() => 'closed'));
    const altered = tables.map((name) => statementOf(recording, `alter table ${name} add n int`));
    expect(new Set(altered.map(({ connection }) => connection)).size).toBe(tables.length);
    expect(altered.map(({ locks }) => locks?.map(({ relation, mode }) => `${nameIn(recording, relation)} ${mode}`))).toEqual(
      tables.map((name) => [`public.${name} AccessExclusiveLock`]),
    );
    // All were open at once, and none was taken for another's.
    const transactions = altered.map(({ transaction }) => recording.transactions.find(({ id }) => id === transaction));
    expect(transactions.map((one) => one?.connection)).toEqual(altered.map(({ connection }) => connection));
    expect(Math.max(...transactions.map((one) => one?.beginMs ?? 0))).toBeLessThan(Math.min(...transactions.map((one) => one?.endMs ?? 0)));
    expect(recording.waits).toEqual([]);
  });
});

test('COPY both ways by psql and by node, with the rows that it wrote', async () => {
  const lines = Array.from({ length: 1_000 }, (_, at) => `${at}\tline ${at}\n`).join('');
  await withDatabase(18, 'create table t (id int, v text)', async (address) => {
    const recording = await record(address, async (through) => {
      await withClient(through, async (client) => {
        await client.query('begin');
        await pipeline(Readable.from([lines]), client.query(copyFrom('copy t from stdin')));
        expect(await text(client.query(copyTo('copy t to stdout')))).toBe(lines);
        await client.query('commit');
      });
      const psql = await runClient('psql', through, ['-q'], { input: `begin;\ncopy t (id, v) from stdin;\n${lines}\\.\n\\copy t to stdout\ncommit;\n` });
      expect(psql).toEqual({ code: 0, stdout: lines + lines, stderr: '' });
    });
    const copied = recording.statements.filter(({ tag }) => tag === 'COPY');
    expect(copied.map(({ rows, written }) => [rows, written?.map(({ inserted }) => inserted)])).toEqual([
      [1_000, [1_000]],
      [1_000, []],
      [1_000, [1_000]],
      [2_000, []],
    ]);
  });
});

test('a tool that is gone while its statement runs leaves a recording, and no statement that runs on', async () => {
  await withDatabase(18, 'create table t (id int)', async (address, run) => {
    const recording = await record(address, async (through) => {
      const client = await connectClient(through);
      await client.query('begin');
      await client.query('alter table t add n int');
      client.query('select pg_sleep(600)').catch(() => {});
      const sleeps = "select from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)' and state = 'active'";
      await untilTrue('it sleeps', async () => (await run(sleeps)).rowCount === 1);
      client.connection.stream.destroy();
    });
    expect(statementOf(recording, 'select pg_sleep(600)').error).toMatchObject({ sqlstate: expect.any(String) });
    expect(recording.transactions).toMatchObject([{ outcome: 'rolled-back', block: true }]);
    expect(recording.connections).toMatchObject([{ ending: 'client-vanished' }]);
    const left = "select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
    await untilTrue('nothing runs on', async () => (await run(left)).rowCount === 0);
  });
});
