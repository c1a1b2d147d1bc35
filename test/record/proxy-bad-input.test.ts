import { expect, test } from 'vitest';
import { startProxy } from '../../src/record/proxy/start-proxy.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';
import { connectClient } from './proxy-client.ts';
import { query, RawClient, startUp } from './proxy-raw-client.ts';
import { watching } from './proxy-watching.ts';

test('a malformed start-up gets what the server itself answers', async () => {
  const target = testServer(18);
  await using proxy = unwrap(await startProxy(testContext(), { target, hooks: watching().hooks }));
  const oldVersion = Buffer.from(startUp(target));
  oldVersion.writeUInt32BE(2 << 16, 4);
  const starts = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0, 0, 0, 1]),
    Buffer.from([0x7f, 0, 0, 0, 0, 3, 0, 0]),
    oldVersion,
    Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]),
  ];
  for (const bytes of starts) {
    const answers: string[] = [];
    for (const address of [target, proxy.address]) {
      using client = new RawClient(address);
      client.socket.write(bytes);
      await client.untilClosed();
      answers.push(client.messages.map(({ type, body }) => type + body.toString('latin1')).join());
    }
    expect(answers[1]).toEqual(answers[0]);
  }
});

test('clients that go during start-up or hold their half open leave nothing', async () => {
  await using proxy = unwrap(await startProxy(testContext(), { target: testServer(15), hooks: watching().hooks }));
  using cut = new RawClient(proxy.address);
  cut.socket.end(startUp(testServer(15)).subarray(0, 9));
  await cut.untilClosed();
  // Says good-bye with its question, and still gets the answer.
  using half = await RawClient.logIn(proxy.address);
  half.socket.end(query('select 42'));
  await half.untilClosed();
  expect(half.messages.map(({ type }) => type).join('')).toBe('TDCZ');
  await untilTrue('nobody is there', async () => proxy.connections.length === 0);
});

test('100 sessions at once', async () => {
  await withDatabase(15, '', async (target) => {
    const { hooks, told } = watching();
    await using proxy = unwrap(await startProxy(testContext(), { target, hooks }));
    const clients = await Promise.all(Array.from({ length: 100 }, () => connectClient(proxy.address)));
    const answers = await Promise.all(clients.map((client, index) => client.query('select $1::int as n', [index])));
    expect(answers.map(({ rows }) => rows[0].n)).toEqual(clients.map((_, index) => index));
    expect(proxy.connections).toHaveLength(100);
    expect(new Set(proxy.connections.map(({ pid }) => pid)).size).toBe(100);
    await Promise.all(clients.map((client) => client.end()));
    await proxy.close();
    expect(told.filter((line) => /^close \d+ closed$/.test(line))).toHaveLength(100);
  });
});

test('a server that dies is told to its clients, mid-statement, idle and while it is asked; later ones are refused', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp, crash }) => {
    const asked = Promise.withResolvers<void>();
    let hang = false;
    const { hooks, told } = watching({
      atReady: async ({ ask }) => {
        if (!hang) return;
        asked.resolve();
        expect(await ask?.({ name: 'ours', text: 'select pg_catalog.pg_sleep(600)' }, [])).toBeUndefined();
      },
    });
    await using proxy = unwrap(await startProxy(testContext(), { target: tcp, hooks }));
    const [idle, busy, held] = [await RawClient.logIn(proxy.address), await RawClient.logIn(proxy.address), await RawClient.logIn(proxy.address)];
    busy.socket.write(query('select pg_sleep(600)'));
    await untilTrue('it runs', async () => told.includes('start select pg_sleep(600)'));
    hang = true;
    held.socket.write(query('select 7'));
    await asked.promise;
    await crash();
    await Promise.all([idle, busy, held].map((client) => client.untilClosed()));
    // What it ran had succeeded, and it learns that.
    expect(held.messages.map(({ type }) => type).join('')).toMatch(/^TDCZ/);
    expect(told).toContain('08006 null select pg_sleep(600)');
    await untilTrue('the ends are told', async () => told.filter((line) => line.endsWith('server-lost')).length === 3);
    await expect(connectClient(proxy.address)).rejects.toThrow('nothing accepts connections');
    expect(told).toContain('close 4 refused');
  });
});
