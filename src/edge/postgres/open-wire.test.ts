import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { Address } from '../../core/server.ts';
import { acceptTls } from '../system/accept-tls.ts';
import { freePort } from '../system/free-port.ts';
import { listen } from '../system/listen.ts';
import { connect } from './connect.ts';
import { openWire } from './open-wire.ts';

const tlsFolder = join(import.meta.dirname, '../../../test/support/tls');
const identity = { certificate: readFileSync(join(tlsFolder, 'server.pem'), 'utf8'), key: readFileSync(join(tlsFolder, 'server.key'), 'utf8') };
const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const isEncrypted = (wire: Duplex) => 'encrypted' in wire;

/** Starts a session, and gives the type of the server's first message. */
async function greeted(wire: Duplex, { user, database }: Address): Promise<string> {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0database\0${database}\0\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  wire.write(Buffer.concat([length, body]));
  const [answer] = (await once(wire, 'data')) as [Buffer];
  wire.destroy();
  return answer.toString('latin1', 0, 1);
}

test.each(['disable', 'allow', 'prefer'] as const)('sslmode=%s reaches a server without TLS, and nothing was said on the wire yet', async (tls) => {
  const address: Address = { ...testServer(18), tls };
  const wire = unwrap(await openWire(address));
  expect(isEncrypted(wire)).toBe(false);
  expect(await greeted(wire, address)).toBe('R');
});

test.each(['require', 'verify-full'] as const)('sslmode=%s on a server without TLS is a failure', async (tls) => {
  const failed = await openWire({ ...testServer(15), tls });
  expect(failed).toMatchObject({ ok: false, failure: { code: 'tls-failed', message: expect.stringContaining(`the server has no TLS, and sslmode=${tls}`) } });
});

test('nobody there, no socket there', async () => {
  const address = testServer(18);
  const failures = await Promise.all([{ port: await freePort() }, { host: '/nowhere' }].map((change) => openWire({ ...address, ...change })));
  expect(failures.map((failed) => (failed.ok ? 'open' : failed.failure.message))).toEqual([
    expect.stringContaining('nothing accepts connections'),
    expect.stringContaining('there is no server at socket /nowhere/.s.PGSQL.'),
  ]);
});

test('a Unix socket is found by its folder, and never asked for TLS', async () => {
  await withFolder({}, async (folder) => {
    const heard = Promise.withResolvers<string>();
    const server = createServer((socket) => socket.once('data', (bytes) => heard.resolve(String(bytes))));
    server.listen(join(folder, '.s.PGSQL.5432'));
    await once(server, 'listening');
    const wire = unwrap(await openWire({ ...testServer(18), host: folder, port: 5432, tls: 'verify-full' }));
    wire.write('first');
    expect(await heard.promise).toBe('first');
    wire.destroy();
    server.close();
  });
});

/** A server's side of TLS as PostgreSQL does it, and the bytes that come through it. */
async function withTlsServer(use: (address: Address, heard: Promise<string>) => Promise<void>): Promise<void> {
  const heard = Promise.withResolvers<string>();
  await using listener = unwrap(
    await listen(async (socket) => {
      socket.on('error', () => {});
      const [asked] = (await once(socket, 'data')) as [Buffer];
      if (!asked.equals(tlsRequest)) return void socket.destroy();
      socket.pause();
      socket.write('S');
      const accepted = await acceptTls(socket, identity);
      if (accepted.ok) accepted.value.on('error', () => {}).once('data', (bytes) => heard.resolve(String(bytes)));
    }),
  );
  await use({ ...testServer(18), host: listener.host, port: listener.port }, heard.promise);
}

test('TLS as the address asks for it, and what is written comes through it', async () => {
  await withTlsServer(async (address, heard) => {
    const tlsRootCertificate = join(tlsFolder, 'ca.pem');
    const wire = unwrap(await openWire({ ...address, host: 'localhost', tls: 'verify-full', tlsRootCertificate }));
    expect(isEncrypted(wire)).toBe(true);
    wire.write('first');
    expect(await heard).toBe('first');
    wire.destroy();
    for (const tls of ['prefer', 'require'] as const) {
      const unverified = unwrap(await openWire({ ...address, tls }));
      expect(isEncrypted(unverified)).toBe(true);
      unverified.destroy();
    }
    const other = await openWire({ ...address, tls: 'verify-ca', tlsRootCertificate: join(tlsFolder, 'other-ca.pem') });
    expect(other).toMatchObject({ ok: false, failure: { code: 'tls-failed' } });
  });
});

test('behind a tunnel a server is told the name that is asked for, not the tunnel’s address', async () => {
  const hellos: Buffer[] = [];
  await using listener = unwrap(
    await listen((socket) => {
      socket
        .on('error', () => {})
        .once('data', () => {
          socket.once('data', (hello: Buffer) => {
            hellos.push(hello);
            socket.destroy();
          });
          socket.write('S');
        });
    }),
  );
  const address: Address = { ...testServer(18), host: 'db.invalid', hostAddress: listener.host, port: listener.port, tls: 'require' };
  expect(await openWire(address)).toMatchObject({ ok: false });
  expect(await connect(address)).toMatchObject({ ok: false });
  expect(hellos.map((hello) => hello.includes('db.invalid'))).toEqual([true, true]);
});

test.each<[string, (socket: Duplex) => void]>([
  ['says nothing', () => {}],
  ['promises TLS and says nothing more', (socket) => void socket.write('S')],
])('a server that %s is waited for until the signal says no more', async (_, behave) => {
  const asked = Promise.withResolvers<void>();
  await using listener = unwrap(
    await listen((socket) => {
      socket
        .on('error', () => {})
        .once('data', () => {
          behave(socket);
          // With TLS promised, its hello comes next.
          if (behave.length > 0) socket.once('data', () => asked.resolve());
          else asked.resolve();
        });
    }),
  );
  const stop = new AbortController();
  const opening = openWire({ ...testServer(18), host: listener.host, port: listener.port, tls: 'require' }, stop.signal);
  await asked.promise;
  stop.abort();
  expect(await opening).toMatchObject({ ok: false });
});

test.each<[string, (socket: Duplex) => void]>([
  ['before its answer', (socket) => void socket.end()],
  ['after it', (socket) => void socket.end('S')],
  ['with an answer that is none', (socket) => void socket.end('HTTP/1.1 400 Bad Request')],
])('a server that closes %s is a failure', async (_, behave) => {
  await using listener = unwrap(await listen((socket) => void socket.on('error', () => {}).once('data', () => behave(socket))));
  expect(await openWire({ ...testServer(18), host: listener.host, port: listener.port, tls: 'require' })).toMatchObject({ ok: false });
});

test('no wire is opened once the signal has said no', async () => {
  expect(await openWire(testServer(18), AbortSignal.abort())).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
});
