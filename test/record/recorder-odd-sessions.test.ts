import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type pg from 'pg';
import { expect, test } from 'vitest';
import type { Recording } from '../../src/core/recording.ts';
import type { Address } from '../../src/core/server.ts';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { startRecording } from '../../src/record/start-recording.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { watching } from './proxy-watching.ts';
import { nameIn, record, statementOf, withClient } from './record.ts';

/** Names and operators that the recorder's questions use, with other meanings. */
const liar = `create schema liar;
create function liar.count(text) returns bigint language sql as 'select 0::bigint';
create function liar.json_agg(json) returns json language sql as $$ select '[]'::json $$;
create function liar.current_setting(text) returns text language sql as $$ select '7ms' $$;
create function liar.differs(text, text) returns bool language sql as 'select false';
create function liar.differs(oid, oid) returns bool language sql as 'select false';
create function liar.differs(int, int) returns bool language sql as 'select false';
create operator liar.= (leftarg = text, rightarg = text, function = liar.differs);
create operator liar.<> (leftarg = text, rightarg = text, function = liar.differs);
create operator liar.= (leftarg = oid, rightarg = oid, function = liar.differs);
create operator liar.>= (leftarg = oid, rightarg = oid, function = liar.differs);
create operator liar.= (leftarg = int, rightarg = int, function = liar.differs);
create operator liar.>= (leftarg = int, rightarg = int, function = liar.differs);
create domain liar.text as pg_catalog.text check (false);`;

/** What tools and hooks do to their sessions. `%` is a role without any right but on one table. */
const odd = [
  'set role %',
  'reset role',
  'set session authorization %',
  'reset session authorization',
  'set search_path = liar, pg_catalog, public',
  "set search_path = ''",
  'reset search_path',
  'discard all',
  'deallocate all',
  "do $$ begin execute 'deallocate all'; end $$",
  "set lock_timeout = '1ms'",
  'reset all',
  "set statement_timeout = '90s'",
  "set client_min_messages = 'error'",
  "set client_encoding = 'SQL_ASCII'",
  "set datestyle = 'German'; set bytea_output = 'escape'; set extra_float_digits = -15; set standard_conforming_strings = off",
  'set default_transaction_read_only = on',
  'set default_transaction_read_only = off',
  "set default_transaction_isolation = 'serializable'",
];
const inBlock = ["do $$ begin execute 'deallocate all'; end $$", 'deallocate all', 'set local role %', 'set local search_path = liar, pg_catalog', 'reset all'];

/** Each oddity, and behind it a transaction in which something is written; tells what the client got. */
async function play(address: Address, role: string): Promise<readonly unknown[]> {
  return await withClient(address, async (client) => {
    const heard: unknown[] = [];
    client.on('notice', ({ message }) => heard.push(message));
    const say = async (sql: string) => {
      const answer = await client.query(sql.replaceAll('%', role)).then(
        (result: pg.QueryResult | pg.QueryResult[]) => [result].flat().map(({ command, rowCount, rows }) => [command, rowCount, rows]),
        ({ code, message }) => [code, message],
      );
      heard.push([sql, answer]);
    };
    for (const [at, sql] of odd.entries()) {
      for (const one of [sql, 'begin', `insert into public.t values (${at})`, 'commit']) await say(one);
    }
    for (const [at, sql] of inBlock.entries()) {
      for (const one of ['begin', `insert into public.t values (${100 + at})`, sql, `insert into public.t values (${200 + at})`, 'commit']) await say(one);
    }
    await say('select n from public.t order by n');
    return heard;
  });
}

for (const major of [15, 18] as const) {
  test(`whatever a tool does to its session on PostgreSQL ${major}, it gets what it would have got, and its writes are seen`, async () => {
    const role = `odd_${randomBytes(4).toString('hex')}`;
    const setUp = `create table t (n int); grant insert, select on t to ${role}; ${liar} grant usage on schema liar to public;`;
    await ask(testServer(major), `create role ${role}`);
    try {
      await withDatabase(major, setUp, async (straight) => {
        await withDatabase(major, setUp, async (address) => {
          const expected = await play(straight, role);
          let heard: readonly unknown[] = [];
          const recording = await record(address, async (recorded) => {
            heard = await play(recorded, role);
          });
          expect(heard).toEqual(expected);
          const inserts = recording.statements.filter(({ text, error }) => text.startsWith('insert') && error === undefined);
          expect(inserts).toHaveLength(odd.length - 1 + 2 * inBlock.length);
          // What a session's statement_timeout is after RESET ALL only shows when the transaction is over.
          expect(inserts.pop()?.unobserved.map(({ what }) => what)).toContain('locks');
          for (const { text, written, locks, unobserved } of inserts) {
            const what = {
              text,
              written: written?.map(({ inserted }) => inserted),
              locks: locks?.map(({ relation, mode }) => [nameIn(recording, relation), mode]),
            };
            const isFirst = !/\(2\d\d\)/.test(text);
            expect({ ...what, unobserved }).toEqual({ text, written: [1], locks: isFirst ? [['public.t', 'RowExclusiveLock']] : [], unobserved: [] });
          }
        });
      });
    } finally {
      await ask(testServer(major), `drop role ${role}`);
    }
  });
}

test('a session whose statement_timeout is short is left alone in its transaction, and the recording says so', async () => {
  await withDatabase(18, 'create table t (n int)', async (address) => {
    const recording = await record(address, async (recorded) => {
      await withClient(recorded, async (client) => {
        await client.query('begin');
        await client.query("set local statement_timeout = '950ms'");
        await client.query('insert into t values (1)');
        await expect(client.query('select pg_sleep(600)')).rejects.toMatchObject({ code: '57014' });
        await client.query('rollback');
        await client.query('select 1');
      });
    });
    const insert = statementOf(recording, 'insert into t values (1)');
    // The session wasn't asked; a sample may have come by.
    expect(insert.locks?.filter(({ seenBy }) => seenBy !== 'sample') ?? []).toEqual([]);
    expect(insert.unobserved.find(({ what }) => what === 'locks')?.why).toBe("the session's statement_timeout is only 950 ms");
    expect(statementOf(recording, 'select 1').statementTimeoutMs).toBe(0);
  });
});

test("a session that the server ends for idling in a transaction is told so, and the recording has the transaction's end", async () => {
  await withDatabase(18, 'create table t (n int)', async (address) => {
    const recording = await record(address, async (recorded) => {
      await withClient(recorded, async (client) => {
        const ended = new Promise<{ code?: string }>((resolve) => client.once('error', resolve));
        await client.query('begin');
        await client.query('insert into t values (1)');
        await client.query("set local idle_in_transaction_session_timeout = '100ms'");
        expect(await ended).toMatchObject({ code: '25P03' });
      });
    });
    expect(recording.transactions).toMatchObject([{ outcome: 'lost', block: true }]);
    expect(recording.connections).toMatchObject([{ ending: 'server-lost' }]);
    expect(statementOf(recording, 'insert into t values (1)').written).toMatchObject([{ inserted: 1 }]);
  });
});

/** Sends a cancel request for a client's session, and waits until whoever took it has closed the connection. */
async function sendCancel(address: Address, client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const packet = Buffer.alloc(16);
  for (const [at, value] of [16, 80877102, processID, secretKey].entries()) packet.writeInt32BE(value, 4 * at);
  const socket = connect({ host: address.host, port: address.port });
  await new Promise((resolve) => socket.once('close', resolve).resume().end(packet));
}

test('a cancel request that comes while the recorder asks is harmless to both', async () => {
  await withDatabase(15, '', async (target) => {
    await withClient(target, async (holder) => {
      await holder.query('select pg_advisory_lock(1)');
      const order: string[] = [];
      const { hooks } = watching({
        atReady: async ({ statements, ask: askSession }) => {
          if (statements.some(({ text }) => text === 'select 7 as n')) {
            const rows = await askSession?.({ name: 'ours', text: "select 'answer', pg_catalog.pg_advisory_xact_lock_shared(1)" }, []);
            order.push(rows?.[0]?.[0] ?? 'none');
          }
        },
      });
      await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
      await withClient(proxy.address, async (client) => {
        const asked = client.query('select 7 as n');
        const waits =
          "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
        await untilTrue('our question waits', async () => (await holder.query(waits)).rowCount === 1);
        await sendCancel(proxy.address, client);
        order.push('cancelled');
        await holder.query('select pg_advisory_unlock(1)');
        expect((await asked).rows).toEqual([{ n: 7 }]);
        expect((await client.query('select 8 as n')).rows).toEqual([{ n: 8 }]);
      });
      expect(order).toEqual(['cancelled', 'answer']);
    });
  });
});

/** What a recording says of a migration, without what differs from run to run. */
function essence(recording: Recording): unknown {
  const named = (oid: number) => nameIn(recording, oid);
  return recording.statements.map(({ text, tag, rows, error, locks, rewrites, scans, written, created, dropped, lockTimeoutMs, unobserved }) => ({
    ...{ text, tag, rows, error, lockTimeoutMs, unobserved },
    locks: locks?.map(({ relation, mode, seenBy }) => [named(relation), mode, seenBy]),
    rewrites: rewrites?.map(({ relation, reasons, seenBy }) => [named(relation), reasons, seenBy]),
    scans: scans?.map(({ relation, rowsRead }) => [named(relation), rowsRead]),
    written: written?.map(({ relation, ...counts }) => [named(relation), counts]),
    created: created?.map(({ kind, name }) => [kind, name]),
    dropped: dropped?.map(({ kind, name }) => [kind, name]),
  }));
}

test('of a migrator without rights as much is seen as of a superuser', async () => {
  const role = `plain_${randomBytes(4).toString('hex')}`;
  await ask(testServer(18), `create role ${role} login`);
  const statements = [
    'create table app.t (id int primary key, note text)',
    'begin',
    "set local lock_timeout = '3s'",
    'insert into app.t select i from generate_series(1, 300) i',
    'update app.t set note = id where id <= 10',
    'alter table app.t alter id type bigint',
    'create index on app.t (note)',
    'savepoint a',
    'drop table app.t',
    'rollback to a',
    'commit',
    'alter table app.t add made timestamptz default clock_timestamp()',
    'alter table app.t rename to u',
    'drop table app.u',
  ];
  const seen: unknown[] = [];
  try {
    for (const user of ['postgres', role]) {
      await withDatabase(18, `create schema app authorization ${role}`, async (admin) => {
        await using recorder = unwrap(await startRecording(testContext(), { admin, target: { ...admin, user } }));
        await withClient(recorder.address, async (client) => {
          for (const sql of statements) await client.query(sql);
        });
        seen.push(essence(unwrap(await recorder.stop())));
      });
    }
  } finally {
    await ask(testServer(18), `drop role ${role}`);
  }
  expect(seen[1]).toEqual(seen[0]);
});
