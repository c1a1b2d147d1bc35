import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { Session } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { judgeLongTransactions } from '../../src/preflight/judge/judge-long-transactions.ts';
import { judgeConnections } from '../../src/preflight/judge/judge-migrator.ts';
import { judgeArchiving, judgeReplication } from '../../src/preflight/judge/judge-replication.ts';
import { inTransaction } from '../../src/preflight/read/in-transaction.ts';
import { readFreezeAges, readLockHolders, readSnapshotHolders } from '../../src/preflight/read/read-lock-holders.ts';
import { readArchiver, readReplication } from '../../src/preflight/read/read-replication.ts';
import { readServer } from '../../src/preflight/read/read-server.ts';
import type { Rehearsed } from '../../src/preflight/rehearsed.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { canMakeStandby, primaryAccess, withStandby } from '../support/standby.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';

/** What the rules say of a real server: that they get to see what they judge. */
async function reading<T>(address: Address, read: (session: Session) => Promise<T>) {
  const context = testContext();
  const readOnly = { statementTimeoutMs: 60_000, lockTimeoutMs: 2_000 };
  await using session = unwrap(await context.edge.postgres.connect(address, { applicationName: 'look', signal: context.signal, readOnly }));
  return await inTransaction(session, () => read(session));
}

const rehearsed: Rehearsed = { tables: [{ table: 'public.t', modes: ['ShareUpdateExclusiveLock'], changesRows: false }], waitsForSnapshots: true, written: [] };

async function longTransactions(address: Address, maxSeconds = 0, more: Partial<Rehearsed> = {}) {
  const activity = await reading(address, async (session) => ({
    holders: await readLockHolders(session),
    snapshots: await readSnapshotHolders(session),
    ages: await readFreezeAges(session, ['public.t']),
  }));
  return judgeLongTransactions(activity, { ...rehearsed, ...more }, maxSeconds, false);
}

async function withClient<T>({ host, port }: Address, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const reload = async (address: Address, setting: string) => {
  await ask(address, `alter system set ${setting}`);
  await ask(address, 'select pg_reload_conf()');
};

test('sessions: who queues for a lock, whose snapshot is hidden, and how full the server is', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'], settings: { max_connections: '20', autovacuum: 'off' } }, async ({ tcp }) => {
    await ask(tcp, 'create table t (a int); create role looker login');
    const quiet = { waitsForSnapshots: false };
    expect((await longTransactions(tcp, 0, quiet)).outcome).toBe('go');
    // Our lock goes together with the reader's, and not with that of whoever waits for the reader.
    await withClient(tcp, async (reader) => {
      await reader.query('begin; select from t');
      expect((await longTransactions(tcp, 0, quiet)).outcome).toBe('go');
      await withClient(tcp, async (definer) => {
        const defined = definer.query('alter table t add b int');
        await untilTrue('it waits', async () => (await ask(tcp, `select from pg_locks where not granted and relation = 't'::regclass`)).length === 1);
        expect(await longTransactions(tcp, 0, quiet)).toMatchObject({
          outcome: 'no-go',
          reasons: [expect.stringContaining('holds or waits for ACCESS EXCLUSIVE on public.t')],
        });
        await reader.query('rollback');
        await defined;
      });
    });
    await withClient(tcp, async (reader) => {
      await reader.query('begin isolation level repeatable read; select 1');
      expect((await longTransactions(tcp)).outcome).toBe('no-go');
      expect((await longTransactions({ ...tcp, user: 'looker' })).outcome).toBe('unknown');
      expect((await longTransactions(tcp, 0, { incomplete: 'nothing was recorded' })).outcome).toBe('unknown');
    });
    await withClient(tcp, async (keeper) => {
      await keeper.query('begin; lock table pg_catalog.pg_attribute in share mode');
      expect(await longTransactions(tcp, 0, quiet)).toMatchObject({ outcome: 'no-go', reasons: [expect.stringContaining('SHARE on pg_catalog.pg_attribute')] });
    });
    const connections = async () => judgeConnections(await reading(tcp, readServer), 80).outcome;
    expect(await connections()).toBe('go');
    const many = (left: number): Promise<void> =>
      left === 0 ? connections().then((outcome) => expect(outcome).toBe('no-go')) : withClient(tcp, async () => await many(left - 1));
    await many(14);
  });
});

test('a table that is due for a VACUUM to prevent wraparound, and that VACUUM at work', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
    await reload(tcp, 'autovacuum = off');
    await ask(tcp, 'create table t (a int) with (autovacuum_multixact_freeze_max_age = 10000)');
    await ask(tcp, 'insert into t values (1)');
    const quiet = { waitsForSnapshots: false };
    expect((await longTransactions(tcp, 3_600, quiet)).outcome).toBe('go');
    await ask(
      tcp,
      `do $$ begin
         perform from t for key share;
         for n in 1..10100 loop
           begin perform from t for no key update; raise exception 'again'; exception when raise_exception then null; end;
         end loop;
       end $$`,
    );
    expect(await longTransactions(tcp, 3_600, quiet)).toMatchObject({ outcome: 'no-go', reasons: [expect.stringContaining('wraparound of multixacts')] });
    await withClient(tcp, async (keeper) => {
      await keeper.query('begin; lock table t in share update exclusive mode');
      await reload(tcp, `autovacuum_naptime = '1s'`);
      await reload(tcp, 'autovacuum = on');
      await untilTrue(
        'autovacuum is at it',
        async () => (await ask(tcp, `select from pg_stat_activity where query like 'autovacuum: %public.t (to prevent wraparound)'`)).length > 0,
      );
      const found = await longTransactions(tcp, 3_600, quiet);
      expect(found.outcome).toBe('no-go');
      expect(found.reasons.join('\n')).toMatch(/Autovacuum \(pid \d+\) works on public\.t to prevent wraparound/);
    });
  });
});

test('archiving that works, hangs and fails', async () => {
  await withFolder({}, async (folder) => {
    chmodSync(folder, 0o755);
    const [hang, broken] = [join(folder, 'hang'), join(folder, 'broken')];
    const settings = { archive_mode: 'on', archive_command: `while [ -f ${hang} ]; do sleep 0.1; done; [ ! -f ${broken} ]` };
    await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'], settings }, async ({ tcp }) => {
      const judged = async () => judgeArchiving(await reading(tcp, readServer), await reading(tcp, readArchiver), 40 * 1024 ** 2).outcome;
      const fill = async () => await ask(tcp, `select pg_logical_emit_message(true, 'x', 'y'), pg_switch_wal()`);
      const archived = async () => (await ask(tcp, 'select archived_count::int as n, failed_count::int as failed from pg_stat_archiver'))[0];
      try {
        expect(await judged()).toBe('unknown');
        await fill();
        await untilTrue('it is archived', async () => Number((await archived())?.n) > 0);
        await untilTrue('nothing waits', async () => (await judged()) === 'go');
        writeFileSync(hang, '');
        for (let n = 0; n < 5; n++) await fill();
        expect(await judged()).toBe('no-go');
        expect((await archived())?.failed).toBe(0);
        writeFileSync(broken, '');
        rmSync(hang);
        await untilTrue('it fails', async () => Number((await archived())?.failed) > 0);
        expect(await judged()).toBe('no-go');
      } finally {
        rmSync(hang, { force: true });
      }
    });
  });
});

test.skipIf(!canMakeStandby)('a replica that stopped replaying, and one that each commit waits for', async () => {
  await withOwnServer(15, { hba: primaryAccess, settings: { autovacuum: 'off' } }, async ({ tcp }) => {
    const judged = async (maxSlotBytes: number, user = 'postgres') =>
      judgeReplication(await reading({ ...tcp, user }, readReplication), { maxReplicaLagSeconds: 60, maxSlotBytes });
    await ask(tcp, 'create role looker login');
    await withStandby(tcp, {}, async (standby) => {
      const behind = async () => Number((await ask(tcp, 'select pg_wal_lsn_diff(flush_lsn, replay_lsn)::float8 as bytes from pg_stat_replication'))[0]?.bytes);
      await untilTrue('it streams and keeps up', async () => (await judged(1024 ** 3)).outcome === 'go');
      expect((await judged(1024 ** 3, 'looker')).outcome).toBe('unknown');
      await ask(standby, 'select pg_wal_replay_pause()');
      await untilTrue('it is paused', async () => (await ask(standby, 'select pg_get_wal_replay_pause_state() as state'))[0]?.state === 'paused');
      await ask(tcp, `create table much as select repeat(md5(g::text), 30) as t from generate_series(1, 40000) g`);
      await untilTrue('it has received all of it, and replays nothing', async () => (await behind()) > 20 * 1024 ** 2);
      expect(await judged(1024 ** 3)).toMatchObject({ outcome: 'unknown', reasons: [expect.stringMatching(/behind, nobody here knows since when/)] });
      expect((await judged(20 * 1024 ** 2)).outcome).toBe('no-go');
      await ask(standby, 'select pg_wal_replay_resume()');
    });
    await untilTrue('it is gone', async () => (await ask(tcp, 'select from pg_stat_replication')).length === 0);
    expect((await judged(1024 ** 3)).outcome).toBe('go');
    await reload(tcp, `synchronous_standby_names = 'gone'`);
    await untilTrue('it holds', async () => (await ask(tcp, 'show synchronous_standby_names'))[0]?.synchronous_standby_names === 'gone');
    expect(await judged(1024 ** 3)).toMatchObject({ outcome: 'no-go', summary: expect.stringContaining('Each commit waits for') });
  });
});
