import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { stampStaging } from '../../src/rehearsal/sync/stamp-staging.ts';
import { sync } from '../../src/rehearsal/sync/sync.ts';
import { withDatabase } from '../support/databases.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';
import { syncSettings } from '../sync/sync-stage.ts';

interface Way extends AsyncDisposable {
  readonly address: Address;
}

type AtCommit = (near: Socket, far: Socket, chunk: Buffer, shut: () => void) => void;

/** A way to staging that does something else with the first message that commits. */
async function openWay(to: Address, atCommit: AtCommit): Promise<Way> {
  const sockets = new Set<Socket>();
  let [isShut, hasCommitted] = [false, false];
  const server = createServer((near) => {
    if (isShut) return void near.destroy();
    const far = connect(to.port, to.host);
    for (const one of [near, far]) {
      sockets.add(one);
      one.on('error', () => {});
    }
    far.on('data', (chunk) => void (near.destroyed || near.write(chunk)));
    far.on('close', () => near.destroy());
    let isOurs = true;
    near.on('close', () => void (isOurs && far.destroy()));
    near.on('data', (chunk) => {
      if (hasCommitted || !chunk.includes('commit\0')) return void far.write(chunk);
      hasCommitted = true;
      isOurs = false;
      atCommit(near, far, chunk, () => {
        isShut = true;
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    address: { ...to, port },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The server carries it out; its answer comes to nobody. */
function swallowAnswer(near: Socket, far: Socket, chunk: Buffer, then: () => void): void {
  far.removeAllListeners('data');
  far.once('data', then);
  far.on('data', () => {});
  near.on('close', () => {});
  far.write(chunk);
}

const schema = 'create table a (id int primary key, v text); create table b (id int primary key, v text)';
const production = `${schema}; insert into a select n, 'p' from generate_series(1, 100) n; insert into b values (1, 'p'), (2, 'p'); analyze`;
const staging = `${schema}; insert into a values (7, 'old'); insert into b values (7, 'old')`;

const stop: { now?: AbortController } = {};

test.each<readonly [string, AtCommit, readonly unknown[], readonly [number, number]]>([
  [
    'it never arrived',
    (near, far) => {
      far.destroy();
      near.resetAndDestroy();
    },
    ['BLOCKER', 1, 'a undone 1', 'b failed 1 08006'],
    [1, 1],
  ],
  ['it never arrived, and the server waits for it', (near) => void near.resetAndDestroy(), ['BLOCKER', 1, 'a undone 1', 'b failed 1 08006'], [1, 1]],
  [
    'it was carried out',
    (near, far, chunk) => swallowAnswer(near, far, chunk, () => void near.resetAndDestroy()),
    ['PASS', 0, 'a synced 100', 'b synced 2'],
    [100, 2],
  ],
  [
    'it was carried out, and nobody can be asked',
    (near, far, chunk, shut) =>
      swallowAnswer(near, far, chunk, () => {
        shut();
        near.resetAndDestroy();
      }),
    ['BLOCKER', 1, 'a unknown 08007', 'b unknown 08007'],
    [100, 2],
  ],
  [
    'it was carried out, and interrupted before the answer came',
    (near, far, chunk) => swallowAnswer(near, far, chunk, () => void stop.now?.abort()),
    ['INCONCLUSIVE', 4, 'a synced 100', 'b synced 2'],
    [100, 2],
  ],
])('a connection that is lost at the commit: %s', async (_, atCommit, told, rows) => {
  await withDatabase(15, production, async (there) => {
    await withDatabase(18, staging, async (here, run) => {
      await using way = await openWay(here, atCommit);
      await withFolder({}, async (folder) => {
        const settings = syncSettings(there, way.address, { settings: { masking: undefined } });
        const context = testContext();
        unwrap(await stampStaging(context, { settings, folder }));
        stop.now = new AbortController();
        const ended = unwrap(await sync({ ...context, signal: stop.now.signal }, { settings, folder, toolVersion: '0.0.0' }));
        const { tables } = context.events.findLast((event) => event.type === 'tables-synced')?.report ?? { tables: [] };
        const lines = tables.map(({ table, outcome, holds, sqlstate }) => [table.replace('public.', ''), outcome, holds, sqlstate].filter(Boolean).join(' '));
        expect([ended.verdict.kind, ended.exitCode, ...lines]).toEqual(told);
        expect((await run('select (select count(*) from a)::int as a, (select count(*) from b)::int as b')).rows).toEqual([{ a: rows[0], b: rows[1] }]);
        const again = unwrap(
          await sync(testContext(), { settings: syncSettings(there, here, { settings: { masking: undefined } }), folder, toolVersion: '0.0.0' }),
        );
        expect([again.verdict.kind, again.exitCode]).toEqual(['PASS', 0]);
      });
    });
  });
});
