import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { untilTrue } from '../../../test/support/until-true.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { listen } from './listen.ts';

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test('on the loopback interface only, each on a port of its own', async () => {
  await using one = unwrap(await listen(() => {}));
  await using other = unwrap(await listen(() => {}));
  expect(one.host).toBe('127.0.0.1');
  expect(other.port).not.toBe(one.port);
  const socket = connect({ host: '::1', port: one.port });
  await expect(once(socket, 'connect')).rejects.toThrow();
});

test('a client that has said all still gets its answer', async () => {
  await using listener = unwrap(
    await listen(async (socket) => {
      socket.end(`heard ${await text(socket)}`);
    }),
  );
  const client = connect({ host: listener.host, port: listener.port, allowHalfOpen: true });
  client.end('this');
  expect(await text(client)).toBe('heard this');
});

test('closing ends what is connected and lets nobody in; twice is once', async () => {
  const served: Duplex[] = [];
  const listener = unwrap(await listen((socket) => void served.push(socket)));
  const clients = await Promise.all([connected(listener.port), connected(listener.port)]);
  const gone = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
  await untilTrue('both are served', async () => served.length === 2);
  await listener.close();
  await listener.close();
  await Promise.all(gone);
  expect(served.map((socket) => socket.destroyed)).toEqual([true, true]);
  await expect(connected(listener.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
