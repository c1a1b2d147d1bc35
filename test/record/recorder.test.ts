import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { expect, test } from 'vitest';
import type { Recording } from '../../src/core/recording.ts';
import { startRecording } from '../../src/record/start-recording.ts';
import { withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { nameIn, record, recordStatements, statementOf, withClient } from './record.ts';

const invoice = 'create table invoice (id int primary key, note text); insert into invoice select i, i from generate_series(1, 500) i; analyze invoice;';

const ours = `select nspname as name from pg_catalog.pg_namespace where nspname ~ 'pgrehearse'
  union all select evtname from pg_catalog.pg_event_trigger where evtname ~ 'pgrehearse' order by 1`;

/** Resolves once the recorder has looked at all that waits now: a look that began after another had, which began after this call. */
async function untilSampled(run: (sql: string) => Promise<pg.QueryResult>): Promise<void> {
  for (let looks = 0; looks < 2; looks++) {
    const { rows } = await run('select clock_timestamp()::text as now');
    const looked = `select from pg_stat_activity where application_name = 'pgrehearse-recorder' and datname = current_database()
      and query ~ 'pg_blocking_pids' and state = 'idle' and query_start > '${rows[0].now}'`;
    await untilTrue('the recorder has looked', async () => (await run(looked)).rowCount === 1);
  }
}

const locksOf = (recording: Recording, text: string) => statementOf(recording, text).locks?.map(({ relation, mode }) => [nameIn(recording, relation), mode]);

for (const major of [15, 18] as const) {
  test(`a queue of locks is seen whole on PostgreSQL ${major}: who waited for whom, and that it was the reader`, async () => {
    await withDatabase(major, invoice, async (address, run) => {
      const recording = await record(address, async (recorded) => {
        await withClient(address, async (reader) => {
          await withClient(recorded, async (migration) => {
            await withClient(address, async (innocent) => {
              const { rows: pids } = await reader.query('select pg_backend_pid() as pid');
              await innocent.query("set application_name = 'reader of invoice'");
              await reader.query('begin; select count(*) from invoice');
              const altered = migration.query('alter table invoice add paid bool');
              const waiting = (n: number) => async () =>
                (await reader.query('select 1 from pg_locks where not granted and relation = $1::regclass', ['invoice'])).rowCount === n;
              await untilTrue('the ALTER waits', waiting(1));
              const selected = innocent.query('select note from invoice where id = 1');
              await untilTrue('the SELECT waits behind it', waiting(2));
              await untilSampled(run);
              await reader.query('commit');
              await Promise.all([altered, selected]);
              expect(pids).toHaveLength(1);
            });
          });
        });
      });
      const alter = recording.waits.find(({ connection }) => connection !== undefined);
      const select = recording.waits.find(({ session }) => session === 'reader of invoice');
      expect(alter).toMatchObject({ mode: 'AccessExclusiveLock', query: 'alter table invoice add paid bool', blockedBy: [expect.any(Number)] });
      expect(select).toMatchObject({ mode: 'AccessShareLock', query: 'select note from invoice where id = 1', blockedBy: [alter?.pid] });
      expect(nameIn(recording, alter?.relation)).toBe('public.invoice');
      const statement = statementOf(recording, 'alter table invoice add paid bool');
      expect(statement.waitedMs).toBeGreaterThan(0);
      expect(statement.waitedMs).toBe((alter?.toMs ?? 0) - (alter?.fromMs ?? 0));
      const lock = recording.locks.find(({ mode, relation }) => mode === 'AccessExclusiveLock' && relation === alter?.relation);
      expect(lock?.grantedMs).toBe(alter?.toMs);
      expect(lock?.requestedMs).toBe(alter?.fromMs);
      expect(lock?.releasedMs).toBe(statement.endedMs);
    });
  });

  test(`a rewriting ALTER that stays open holds up nothing of the recorder on PostgreSQL ${major}`, async () => {
    await withDatabase(major, `${invoice} create table other (id int)`, async (address) => {
      const recording = await record(address, async (recorded) => {
        await withClient(recorded, async (first) => {
          await first.query('begin');
          await first.query('alter table invoice alter id type bigint');
          // All the recorder's looks happen here once more, in another session, while the first one holds its locks.
          await withClient(recorded, async (second) => {
            for (const sql of ['alter table other add n int', 'truncate other', 'insert into other values (1)', 'vacuum full other']) await second.query(sql);
          });
          await first.query('commit');
        });
      });
      expect(recording.waits).toEqual([]);
      expect(statementOf(recording, 'vacuum full other').rewrites).toMatchObject([{ reasons: ['vacuum-full'] }]);
      expect(statementOf(recording, 'alter table invoice alter id type bigint')).toMatchObject({ rewrites: [{ reasons: ['type'] }, { reasons: ['type'] }] });
    });
  });
}

test('a transaction sees what it would have seen without the recorder', async () => {
  await withDatabase(18, invoice, async (address, run) => {
    await record(address, async (recorded) => {
      await withClient(recorded, async (client) => {
        await client.query('begin');
        await client.query("set local lock_timeout = '3s'");
        await client.query('set transaction isolation level repeatable read');
        await client.query('savepoint a');
        await client.query('lock table invoice in share mode');
        await run('create table made_meanwhile ()');
        const { rows } = await client.query("select to_regclass('made_meanwhile') is not null as seen, current_setting('transaction_isolation') as level");
        expect(rows).toEqual([{ seen: true, level: 'repeatable read' }]);
        await client.query('commit');
      });
    });
  });
});

test('what is rolled back is no rewrite of what comes next', async () => {
  await withDatabase(18, invoice, async (address) => {
    const again = 'alter table invoice alter id type bigint';
    const recording = await recordStatements(address, [
      'begin',
      'savepoint a',
      'alter table invoice add b uuid default gen_random_uuid()',
      'rollback to a',
      'alter table invoice add c int',
      'rollback',
      'begin',
      again,
      'rollback',
      'alter table invoice alter note set not null',
      'begin',
      `${again} /* again */`,
      'commit',
    ]);
    expect(statementOf(recording, 'alter table invoice add b uuid default gen_random_uuid()').rewrites).toHaveLength(2);
    expect(statementOf(recording, 'alter table invoice add c int').rewrites).toEqual([]);
    expect(statementOf(recording, again).rewrites).toHaveLength(2);
    expect(statementOf(recording, 'alter table invoice alter note set not null').rewrites).toEqual([]);
    expect(statementOf(recording, `${again} /* again */`).rewrites?.map(({ relation }) => nameIn(recording, relation))).toEqual([
      'public.invoice',
      'public.invoice_pkey',
    ]);
    expect(recording.transactions.map(({ outcome, block }) => [outcome, block])).toEqual([
      ['rolled-back', true],
      ['rolled-back', true],
      ['committed', false],
      ['committed', true],
    ]);
    expect(recording.relations.map(({ name, existedBefore }) => [name, existedBefore])).toEqual([
      ['public.invoice', true],
      ['public.invoice_pkey', true],
    ]);
    // A savepoint's locks end with it, the transaction's last to its end.
    const first = recording.locks.filter(({ transaction, mode }) => transaction === 1 && mode === 'AccessExclusiveLock');
    const back = statementOf(recording, 'rollback to a');
    expect(first.map(({ releasedMs }) => releasedMs === back.endedMs)).toContain(true);
  });
});

test('in a long transaction everything that is new is told, and nothing twice', async () => {
  await withDatabase(18, `${invoice} create table other (n int); create table third (n int); create index by_note on invoice (note);`, async (address) => {
    const recording = await recordStatements(address, [
      'begin',
      'alter table invoice add a int',
      'alter index by_note set (fillfactor = 80)',
      // The event trigger writes down what it told when that has become much.
      "do $$ begin for i in 1..12 loop execute format('create table made_%s ()', i); end loop; end $$",
      'alter index by_note rename to old_note',
      'create index by_note on invoice (note)',
      'savepoint a',
      'insert into other values (1)',
      'rollback to a',
      'insert into other values (2)',
      'savepoint b',
      'alter table other add m bigint',
      'rollback to b',
      'lock table third in exclusive mode',
      'rollback to b',
      'lock third in exclusive mode',
      'alter table other alter n type bigint',
      'update invoice set a = 1 where id <= 3',
      'commit and chain',
      'update invoice set a = 2 where id <= 4',
      'insert into other values (3)',
      'commit',
    ]);
    expect(recording.statements.map(({ error }) => error?.message)).toEqual(recording.statements.map(() => undefined));
    const toldOf = (text: string) => {
      const { rewrites, written } = statementOf(recording, text);
      return { locks: locksOf(recording, text), rewrites: rewrites?.map(({ relation }) => nameIn(recording, relation)), written };
    };
    const told = (locks: readonly (readonly [string, string])[], rewrites: readonly string[] = [], written: readonly object[] = []) => ({
      locks,
      rewrites,
      written,
    });
    expect(toldOf('alter table invoice add a int')).toEqual(told([['public.invoice', 'AccessExclusiveLock']]));
    expect(toldOf('alter index by_note set (fillfactor = 80)')).toEqual(told([['public.by_note', 'ShareUpdateExclusiveLock']]));
    expect(toldOf('alter index by_note rename to old_note')).toEqual(told([]));
    // Another index that has the name now, and not the old one built anew.
    expect(toldOf('create index by_note on invoice (note)')).toEqual(told([['public.invoice', 'ShareLock']]));
    const inserted = [{ relation: expect.any(Number), inserted: 1, updated: 0, deleted: 0 }];
    for (const n of [1, 2]) expect(toldOf(`insert into other values (${n})`)).toEqual(told([['public.other', 'RowExclusiveLock']], [], inserted));
    expect(toldOf('alter table other add m bigint')).toEqual(told([['public.other', 'AccessExclusiveLock']]));
    for (const sql of ['lock table third in exclusive mode', 'lock third in exclusive mode'])
      expect(toldOf(sql)).toEqual(told([['public.third', 'ExclusiveLock']]));
    const altered = toldOf('alter table other alter n type bigint');
    expect(altered.locks).toContainEqual(['public.other', 'AccessExclusiveLock']);
    expect(altered.rewrites).toEqual(['public.other']);
    expect(toldOf('update invoice set a = 1 where id <= 3').written).toMatchObject([{ updated: 3 }]);
    // The next transaction has taken its locks itself.
    expect(toldOf('update invoice set a = 2 where id <= 4').locks).toContainEqual(['public.invoice', 'RowExclusiveLock']);
    expect(toldOf('update invoice set a = 2 where id <= 4').written).toMatchObject([{ updated: 4 }]);
    expect(toldOf('insert into other values (3)')).toEqual(told([['public.other', 'RowExclusiveLock']], [], inserted));
  });
});

test('a lock that never came is a lock without a grant, and the statement failed for it', async () => {
  await withDatabase(18, invoice, async (address) => {
    const recording = await record(address, async (recorded) => {
      await withClient(address, async (holder) => {
        await holder.query('begin; lock table invoice in access share mode');
        await withClient(recorded, async (client) => {
          await client.query("set lock_timeout = '400ms'");
          await expect(client.query('alter table invoice add paid bool')).rejects.toMatchObject({ code: '55P03' });
        });
        await holder.query('commit');
      });
    });
    const statement = statementOf(recording, 'alter table invoice add paid bool');
    expect(statement).toMatchObject({ error: { sqlstate: '55P03' }, lockTimeoutMs: 400 });
    const lock = recording.locks.find(({ mode }) => mode === 'AccessExclusiveLock');
    expect(lock).toMatchObject({ transaction: statement.transaction });
    expect(lock).not.toHaveProperty('grantedMs');
    expect(statement.unobserved.map(({ what }) => what)).toContain('locks');
  });
});

test('several statements in one text are each told of, by the event triggers', async () => {
  await withDatabase(18, invoice, async (address) => {
    const recording = await recordStatements(address, [
      'alter table invoice add a int; create index on invoice (note); alter table invoice alter id type bigint',
    ]);
    expect(recording.statements.map(({ tag, rewrites }) => [tag, rewrites?.length])).toEqual([
      ['ALTER TABLE', 0],
      ['CREATE INDEX', 0],
      // Table, key, and the index of the statement before.
      ['ALTER TABLE', 3],
    ]);
    expect(recording.transactions).toHaveLength(1);
    expect(locksOf(recording, 'create index on invoice (note)')).toEqual([['public.invoice', 'ShareLock']]);
  });
});

test('what an UPDATE in the same text has read is not told of the ALTER behind it', async () => {
  await withDatabase(18, invoice, async (address) => {
    const together = await recordStatements(address, ["update invoice set note = 'x'; alter table invoice add b int"]);
    const [, alter] = together.statements;
    expect(alter).toMatchObject({ tag: 'ALTER TABLE', unobserved: expect.arrayContaining([expect.objectContaining({ what: 'scans' })]) });
    expect(alter?.scans).toBeUndefined();
    const apart = await recordStatements(address, ['begin', "update invoice set note = 'y'", 'alter table invoice add check (id > 0)', 'commit']);
    expect(statementOf(apart, 'alter table invoice add check (id > 0)')).toMatchObject({ scans: [{ seenBy: 'event-trigger' }] });
  });
});

test('settings, objects, sizes and WAL are those of the statement', async () => {
  await withDatabase(18, invoice, async (address) => {
    const recording = await recordStatements(address, [
      'begin',
      "set local lock_timeout = '5s'",
      "set local statement_timeout = '1min'",
      'create table "Fees" (id serial primary key)',
      'alter table invoice rename to bill',
      'drop table bill',
      'commit',
      'alter table "Fees" add n int',
      'insert into "Fees" (n) select 1 from generate_series(1, 10)',
    ]);
    const created = statementOf(recording, 'create table "Fees" (id serial primary key)');
    expect(created).toMatchObject({ lockTimeoutMs: 5_000, statementTimeoutMs: 60_000, locks: [] });
    expect(created.created?.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'sequence public."Fees_id_seq"',
      'table public."Fees"',
      'index public."Fees_pkey"',
    ]);
    expect(statementOf(recording, 'drop table bill').dropped?.map(({ kind, name }) => `${kind} ${name}`)).toContain('table public.bill');
    expect(statementOf(recording, 'alter table "Fees" add n int')).toMatchObject({ lockTimeoutMs: 0 });
    const insert = statementOf(recording, 'insert into "Fees" (n) select 1 from generate_series(1, 10)');
    expect(insert.written).toMatchObject([{ inserted: 10, updated: 0, deleted: 0 }]);
    expect(insert.wal?.bytes).toBeGreaterThan(500);
    const invoiceTold = recording.relations.find(({ name }) => name === 'public.invoice');
    expect(invoiceTold).toMatchObject({ rowsBefore: 500, existedBefore: true });
    expect(invoiceTold?.bytesBefore).toBeGreaterThan(16_000);
  });
});

test('replication role and switched-off event triggers hide nothing unsaid', async () => {
  await withDatabase(18, invoice, async (address) => {
    const hidden = 'alter table invoice add b int';
    const recording = await recordStatements(address, [
      'set session_replication_role = replica',
      'alter table invoice alter id type bigint',
      'set event_triggers = off',
      hidden,
      'alter table invoice add c uuid default gen_random_uuid()',
    ]);
    expect(statementOf(recording, 'alter table invoice alter id type bigint').rewrites).toMatchObject([{ reasons: ['type'] }, { reasons: ['type'] }]);
    expect(statementOf(recording, hidden).unobserved.map(({ what }) => what)).toContain('rewrite-reasons');
    expect(statementOf(recording, 'alter table invoice add c uuid default gen_random_uuid()').rewrites).toMatchObject([
      { reasons: ['unknown'], seenBy: 'side' },
      { reasons: ['unknown'], seenBy: 'side' },
    ]);
  });
});

test('without event triggers, transactions tell all but reasons, and files tell of rewrites', async () => {
  await withDatabase(15, invoice, async (address, run) => {
    const recording = await record(
      address,
      async (recorded) => {
        expect((await run(ours)).rows).toEqual([]);
        await withClient(recorded, async (client) => {
          for (const sql of ['begin', 'alter table invoice alter id type bigint', 'commit', 'alter table invoice add b uuid default gen_random_uuid()'])
            await client.query(sql);
        });
      },
      { mode: 'sampling' },
    );
    expect(recording.mode).toBe('sampling');
    expect(recording.unobserved.map(({ what }) => what)).toContain('rewrite-reasons');
    expect(statementOf(recording, 'alter table invoice alter id type bigint').rewrites).toMatchObject([
      { reasons: ['unknown'], seenBy: 'in-session' },
      { reasons: ['unknown'], seenBy: 'in-session' },
    ]);
    expect(statementOf(recording, 'alter table invoice add b uuid default gen_random_uuid()')).toMatchObject({
      rewrites: [{ seenBy: 'side' }, { seenBy: 'side' }],
    });
  });
});

test('a migrator without rights is recorded as well, and nothing stays behind', async () => {
  const role = `migrator_${randomBytes(4).toString('hex')}`;
  await withDatabase(18, `create role ${role} login; create schema app authorization ${role};`, async (address, run) => {
    try {
      const recording = await recordStatements(
        address,
        ['create table app.t (id int)', 'insert into app.t values (1)', 'alter table app.t alter id type bigint', 'select pg_catalog.pg_sleep(0)'],
        { target: { ...address, user: role } },
      );
      expect(recording.statements.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
      expect(statementOf(recording, 'alter table app.t alter id type bigint').rewrites).toHaveLength(1);
      expect((await run(ours)).rows).toEqual([]);
    } finally {
      await run(`drop schema app cascade; drop role ${role}`);
    }
  });
});

test("the team's own event triggers never see the recorder, and an earlier recorder's leftovers go", async () => {
  const watching = `create table seen (tag text);
create function note() returns event_trigger language plpgsql as $$ begin insert into public.seen values (tg_tag); end $$;
create event trigger watching on ddl_command_end execute function note();
create event trigger watching_drops on sql_drop execute function note();
create schema pgrehearse_recorder_0123456789ab;
create schema pgrehearse_recorder_mine;
create function pgrehearse_recorder_0123456789ab.f() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger zzz_pgrehearse_recorder_0123456789ab_f on ddl_command_end execute function pgrehearse_recorder_0123456789ab.f();
truncate seen;`;
  for (const major of [15, 18] as const) {
    await withDatabase(major, watching, async (address, run) => {
      await recordStatements(address, ['create table t (id int)']);
      expect((await run('select tag from seen')).rows).toEqual([{ tag: 'CREATE TABLE' }]);
      // A schema whose name only begins like ours is somebody's.
      expect((await run(ours)).rows).toEqual([{ name: 'pgrehearse_recorder_mine' }]);
    });
  }
});

test('a tool that vanishes in its transaction leaves a recording', async () => {
  await withDatabase(18, invoice, async (address, run) => {
    await using recorder = unwrap(await startRecording(testContext(), { admin: address, target: address }));
    await withClient(recorder.address, async (client) => {
      await client.query('begin');
      await client.query('alter table invoice add b int');
      const { rows } = await client.query('select pg_backend_pid() as pid');
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      await untilTrue('its session is gone', async () => (await run(`select from pg_stat_activity where pid = ${rows[0].pid}`)).rowCount === 0);
    });
    const recording = unwrap(await recorder.stop());
    expect(recording.transactions).toMatchObject([{ outcome: 'rolled-back', block: true }]);
    expect(recording.connections).toMatchObject([{ ending: 'client-vanished' }]);
    expect((await run(ours)).rows).toEqual([]);
  });
});
