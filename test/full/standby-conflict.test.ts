import pg from 'pg';
import { expect, test } from 'vitest';
import { copyDatabase } from '../../src/copy/copy-database.ts';
import type { Context, Session } from '../../src/core/ports.ts';
import type { Address } from '../../src/core/server.ts';
import { openUrl } from '../../src/source/url.ts';
import { withDatabase } from '../support/databases.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { canMakeStandby, primaryAccess, withStandby } from '../support/standby.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';

/** Copies a standby, and does something once the rows of `big` are asked for: they can't have gone over before that is done, since their table is locked. */
async function copyStandby(standby: Address, target: Address, meanwhile: () => Promise<unknown>) {
  const context = holding(testContext(), target, meanwhile);
  const opened = await openUrl(context, { url: `postgres://postgres@${standby.host}:${standby.port}/postgres`, allowPrimary: false });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using source = opened.value;
  return await copyDatabase(context, source, target, { jobs: 1 });
}

function holding(context: Context, target: Address, meanwhile: () => Promise<unknown>): Context {
  let held = false;
  // A session knows its own kind only.
  const bare = new WeakMap<Session, Session>();
  const relayCopy =
    (session: Session): Session['relayCopy'] =>
    async (to, relay) => {
      const into = bare.get(to) ?? to;
      if (held || !/\bbig\b/.test(relay.out)) return await session.relayCopy(into, relay);
      held = true;
      const { host, port, user, database } = target;
      const locker = new pg.Client({ host, port, user, database });
      await locker.connect();
      try {
        await locker.query('begin; lock table public.big');
        const relayed = session.relayCopy(into, relay);
        // What becomes of it is told below.
        relayed.catch(() => {});
        await meanwhile();
        await locker.query('rollback');
        return await relayed;
      } finally {
        await locker.end();
      }
    };
  const connect: Context['edge']['postgres']['connect'] = async (...given) => {
    const connected = await context.edge.postgres.connect(...given);
    if (!connected.ok) return connected;
    const session = connected.value;
    const get = (target: Session, name: string | symbol) => {
      const value: unknown = name === 'relayCopy' ? relayCopy(target) : Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'relayCopy' ? value.bind(target) : value;
    };
    const value = new Proxy(session, { get });
    bare.set(value, session);
    return { ok: true, value };
  };
  return { ...context, edge: { ...context.edge, postgres: { ...context.edge.postgres, connect } } };
}

/** Whether a standby has received more than it has replayed, and replays nothing for a while. */
async function standsStill(standby: Address): Promise<boolean> {
  const look = async () =>
    (await ask(standby, 'select pg_last_wal_replay_lsn()::text as at, pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() as behind'))[0];
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const after = await look();
  return before?.behind === true && after?.behind === true && before.at === after.at;
}

test.skipIf(!canMakeStandby)('a standby that replays over our snapshot is named, with its cure; one that waits is copied whole', async () => {
  await withOwnServer(15, { hba: primaryAccess, settings: { autovacuum: 'off' } }, async ({ tcp }) => {
    await ask(tcp, 'create table big as select g as a, repeat(md5(g::text), 30) as t from generate_series(1, 100000) g; create table late (a int)');
    const on = async (address: Address, ...statements: string[]) => {
      for (const statement of statements) await ask(address, statement);
    };
    await withStandby(tcp, {}, async (standby) => {
      const replayed = async () => {
        // Of VACUUM, nothing may have been written yet.
        const [primary] = await ask(tcp, 'select pg_current_wal_insert_lsn()::text as at');
        return async () => (await ask(standby, `select pg_last_wal_replay_lsn() >= '${primary?.at}' as done`))[0]?.done === true;
      };
      await untilTrue('the standby has the tables', await replayed());
      await withDatabase(15, '', async (target) => {
        await on(standby, 'alter system set max_standby_streaming_delay = 0', 'select pg_reload_conf()');
        const cleaned = await copyStandby(standby, target, async () => {
          // Dead rows that our snapshot still sees are taken away.
          await on(tcp, 'delete from big where a % 2 = 0', 'vacuum big');
          // Who is blocked in sending hears only afterwards that it is cancelled, and the replay stands still until then.
          const done = await replayed();
          await untilTrue('the standby replays that over our snapshot', async () => (await done()) || (await standsStill(standby)));
        });
        expect(cleaned).toMatchObject({ ok: false, failure: { code: 'standby-conflict', cure: expect.stringContaining('hot_standby_feedback') } });
      });
      await withDatabase(15, '', async (target) => {
        await on(standby, 'alter system set max_standby_streaming_delay = -1', 'select pg_reload_conf()');
        const copied = await copyStandby(standby, target, () => on(tcp, 'delete from big where a % 3 = 0', 'vacuum big', 'truncate late'));
        if (!copied.ok) throw new Error(copied.failure.message);
        expect(copied.value.report.sourceCounts).toEqual([
          { schema: 'public', table: 'big', rows: 50_000 },
          { schema: 'public', table: 'late', rows: 0 },
        ]);
      });
    });
  });
});
