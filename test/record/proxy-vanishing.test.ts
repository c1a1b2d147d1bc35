import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { message } from '../../src/record/proxy/messages.ts';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { connectClient } from './proxy-client.ts';
import { query, RawClient, startUp } from './proxy-raw-client.ts';
import { watching } from './proxy-watching.ts';

const rows = message(0x64, Buffer.from('1\n2\n'));

/** Where a session may be when its client goes, and what is told of what it was doing. */
const moments: readonly { readonly when: string; readonly reach: (client: RawClient) => Promise<void>; readonly told: readonly string[] }[] = [
  {
    when: 'half a message is sent',
    reach: async ({ socket }) => void socket.write(query('insert into t values (1)').subarray(0, 12)),
    told: [],
  },
  {
    when: 'a statement runs',
    reach: async ({ socket }) => void socket.write(query('select pg_sleep(600)')),
    told: ['start select pg_sleep(600)', '57014 null select pg_sleep(600)'],
  },
  {
    when: 'rows are sent, the last one by half',
    reach: async (client) => {
      client.socket.write(query('copy t from stdin'));
      await untilTrue('rows are wanted', async () => client.messages.length > 0);
      client.socket.write(Buffer.concat([rows, rows.subarray(0, 6)]));
    },
    told: ['start copy t from stdin', '08006 null copy t from stdin'],
  },
  {
    when: 'rows come without end',
    reach: async ({ socket }) => {
      socket.removeAllListeners('data');
      socket.write(query('copy (select generate_series(1, 1000000000000)) to stdout'));
      await once(socket, 'data');
    },
    told: ['start copy (select generate_series(1, 1000000000000)) to stdout', '08006 null copy (select generate_series(1, 1000000000000)) to stdout'],
  },
  {
    when: 'a pipeline is half answered',
    reach: async (client) => {
      client.socket.write(Buffer.concat([query('insert into t values (1)'), query('begin'), query('insert into t values (2)'), query('select pg_sleep(600)')]));
      await client.untilReady(3);
    },
    told: [
      ...['start insert into t values (1)', 'INSERT 1 insert into t values (1)', 'start begin', 'BEGIN null begin'],
      ...['start insert into t values (2)', 'INSERT 1 insert into t values (2)', 'start select pg_sleep(600)', '57014 null select pg_sleep(600)'],
    ],
  },
];

test(`clients that vanish: ${moments.map(({ when }) => when).join('; ')}`, async () => {
  await withDatabase(18, 'create table t (id int)', async (target, run) => {
    const { hooks, told } = watching();
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    for (const [at, { when, reach, told: expected }] of moments.entries()) {
      told.length = 0;
      using client = await RawClient.logIn(proxy.address);
      await reach(client);
      if (expected.length > 0) await untilTrue('it has begun', async () => told.includes(expected.findLast((line) => line.startsWith('start')) ?? ''));
      client.socket.destroy();
      // A server that sleeps only sees that nobody listens when it wakes up, with or without a proxy.
      await run("select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and state = 'active' and query ~ '^select pg_sleep'");
      await untilTrue('its end is told', async () => told.includes(`close ${at + 1} client-vanished`));
      expect({ when, told: told.filter((line) => !/^(open|ready|close)/.test(line)) }).toEqual({ when, told: expected });
    }
    expect(proxy.connections).toEqual([]);
    const left = "select from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
    await untilTrue('the server is rid of them', async () => (await run(left)).rowCount === 0);
    // Only what was its own transaction, and was done.
    expect((await run('select id from t')).rows).toEqual([{ id: 1 }]);
  });
});

const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const gssRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]);

/** The first message of a client's TLS. */
async function clientHello(): Promise<Buffer> {
  const [inner, outer] = duplexPair();
  const secure = connectTls({ socket: inner, ALPNProtocols: ['postgresql'], rejectUnauthorized: false });
  secure.on('error', () => {});
  const [hello] = (await once(outer, 'data')) as [Buffer];
  outer.destroy();
  secure.destroy();
  return hello;
}

/** A connection that has come so far with TLS. */
async function reachTls(address: Address, sent: readonly Buffer[]): Promise<RawClient> {
  const client = new RawClient(address);
  client.socket.removeAllListeners('data');
  for (const bytes of sent) {
    client.socket.write(bytes);
    if (bytes === tlsRequest || bytes === gssRequest) await once(client.socket, 'data');
  }
  client.socket.resume();
  return client;
}

async function served(address: Address): Promise<void> {
  const client = await connectClient(address);
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
}

test('clients that get stuck half-way through TLS or before it disturb nobody, and end with the proxy', async () => {
  const { hooks, told } = watching();
  await using proxy = unwrap(await startProxy(testContext(), { target: testServer(18), hooks }));
  const hello = await clientHello();
  const stages = [[], [gssRequest], [gssRequest, tlsRequest], [tlsRequest], [tlsRequest, hello.subarray(0, 40)], [hello.subarray(0, 40)], [tlsRequest, hello]];
  const stuck = await Promise.all(stages.map((sent) => reachTls(proxy.address, sent)));
  const secure = connectTls({ host: proxy.address.host, port: proxy.address.port, ALPNProtocols: ['postgresql'], rejectUnauthorized: false });
  secure.on('error', () => {});
  await once(secure, 'secureConnect');
  await served(proxy.address);
  const ended = once(secure, 'close');
  await proxy.close();
  await Promise.all([ended, ...stuck.map((client) => client.untilClosed())]);
  expect(told.filter((line) => line.startsWith('open'))).toHaveLength(1);
});

test('what isn’t TLS after a request for it, or comes with it, is shown the door', async () => {
  const { hooks, told } = watching();
  await using proxy = unwrap(await startProxy(testContext(), { target: testServer(18), hooks }));
  for (const sent of [[tlsRequest, Buffer.from('no TLS at all')], [tlsRequest, startUp(testServer(18))], [Buffer.from([0x16, 3, 1, 0, 4, 99, 0, 0, 0])]]) {
    using client = await reachTls(proxy.address, sent);
    await client.untilClosed();
  }
  // Bytes behind the request may be somebody else's, who stands in between.
  using client = new RawClient(proxy.address);
  client.socket.write(Buffer.concat([tlsRequest, startUp(testServer(18))]));
  await client.untilClosed();
  expect(told).toEqual([]);
  await served(proxy.address);
});
