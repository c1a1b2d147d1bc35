import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { unwrap } from '../../../test/support/unwrap.ts';
import { acceptTls } from './accept-tls.ts';
import { listen } from './listen.ts';

const folder = join(import.meta.dirname, '../../../test/support/tls');
const identity = { certificate: readFileSync(join(folder, 'server.pem'), 'utf8'), key: readFileSync(join(folder, 'server.key'), 'utf8') };

/** Both ends of a connection on which nothing was said yet. */
async function withEnds(use: (client: Socket, served: Duplex) => Promise<void>): Promise<void> {
  const served = Promise.withResolvers<Duplex>();
  await using listener = unwrap(await listen(served.resolve));
  const client = connect({ host: listener.host, port: listener.port });
  client.on('error', () => {});
  await once(client, 'connect');
  await use(client, await served.promise);
}

async function secured(socket: Socket, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const secure = connectTls({ socket, rejectUnauthorized: false, ...options });
  await once(secure, 'secureConnect');
  return secure;
}

test('bytes go both ways, and a client that asks for it is told that this is PostgreSQL', async () => {
  await withEnds(async (client, served) => {
    const [secure, accepted] = await Promise.all([secured(client, { ALPNProtocols: ['postgresql'] }), acceptTls(served, identity)]);
    const here = unwrap(accepted);
    expect(secure.alpnProtocol).toBe('postgresql');
    secure.write('question');
    expect(String(await once(here, 'data'))).toBe('question');
    here.end('answer');
    expect(String(await once(secure, 'data'))).toBe('answer');
  });
});

test('bytes that were put back are the first of the handshake', async () => {
  await withEnds(async (client, served) => {
    const secure = secured(client);
    const [read] = (await once(served, 'data')) as [Buffer];
    served.pause();
    served.unshift(read);
    const here = unwrap(await acceptTls(served, identity));
    (await secure).write('x');
    expect(String(await once(here, 'data'))).toBe('x');
  });
});

test.each<[string, (client: Socket) => unknown]>([
  ['says something else', (client) => client.write('GET / HTTP/1.1\r\n\r\n')],
  ['goes', (client) => client.destroy()],
  ['says good-bye', (client) => client.end()],
  ['goes in the middle of its hello', (client) => client.end(Buffer.from([0x16, 3, 1, 0, 200, 1, 0]))],
  [
    'knows no protocol of today',
    (client) => void connectTls({ socket: client, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }).on('error', () => {}),
  ],
])('a client that %s is a failure, and its connection is gone', async (_, begin) => {
  await withEnds(async (client, served) => {
    const accepted = acceptTls(served, identity);
    begin(client);
    expect(await accepted).toMatchObject({ ok: false, failure: { code: 'tls-failed' } });
    expect(served.destroyed).toBe(true);
  });
});
