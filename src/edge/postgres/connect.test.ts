import { connect as connectSocket, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testServer } from '../../../test/support/databases.ts';
import { ask, type OwnServer, withOwnServer } from '../../../test/support/own-server.ts';
import { untilTrue } from '../../../test/support/until-true.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import { connect } from './connect.ts';

const tlsFolder = join(import.meta.dirname, '../../../test/support/tls');

async function failureOf(address: Address, timeoutMs = 5_000) {
  const opened = await connect(address, { timeoutMs });
  if (opened.ok) {
    await opened.value.close();
    throw new Error('it connected');
  }
  expect(JSON.stringify(opened.failure)).not.toContain('s3cret');
  return opened.failure;
}

async function succeeds(address: Address): Promise<boolean> {
  const opened = await connect(address);
  if (!opened.ok) throw new Error(opened.failure.message);
  const [row] = await opened.value.query<{ ssl: boolean }>('select ssl from pg_catalog.pg_stat_ssl where pid = pg_catalog.pg_backend_pid()');
  await opened.value.close();
  return row?.ssl ?? false;
}

describe('a server with pg_hba of its own', () => {
  let server: OwnServer;
  let end: () => void;
  let gone: Promise<void>;
  const password = new Secret('s3cret é@:/');
  const as = (user: string, more: Partial<Address> = {}): Address => ({ ...server.tcp, host: 'localhost', user, tls: 'prefer', ...more });

  beforeAll(async () => {
    const ready = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    end = over.resolve;
    const hba = [
      'hostssl all only_tls 127.0.0.1/32 trust',
      'hostnossl all only_plain 127.0.0.1/32 trust',
      'host all scram,limited,shut_out 127.0.0.1/32 scram-sha-256',
      'host all hashed 127.0.0.1/32 md5',
      'host all clear 127.0.0.1/32 password',
      'host all trusted 127.0.0.1/32 trust',
    ];
    gone = withOwnServer(18, { hba, tls: true }, async (own) => {
      server = own;
      const secret = "'s3cret é@:/'";
      await ask(
        own.admin,
        `create role scram login password ${secret}; create role clear login password ${secret}; create role trusted login; create role only_tls login;
         create role only_plain login; create role limited login connection limit 0 password ${secret}; create role shut_out login password ${secret};
         set password_encryption = md5; create role hashed login password ${secret}`,
      );
      await ask(own.admin, 'create database closed');
      await ask(own.admin, 'revoke connect on database closed from public');
      ready.resolve();
      await over.promise;
    });
    gone.catch(ready.reject);
    await ready.promise;
  });
  afterAll(async () => {
    end();
    await gone;
  });

  test('SCRAM, md5, clear text and trust', async () => {
    for (const user of ['scram', 'hashed', 'clear']) {
      expect(await succeeds(as(user, { password }))).toBe(true);
      expect(await failureOf(as(user, { password: new Secret('wrong') }))).toMatchObject({ code: 'authentication-failed', rootCause: 'authentication' });
    }
    expect(await succeeds(as('trusted'))).toBe(true);
  });

  test('no password where one is asked for', async () => {
    const failure = await failureOf(as('scram'));
    expect(failure.code).toBe('authentication-failed');
    expect(failure.message).toContain('asks for a password');
  });

  test('each sslmode does what libpq does', async () => {
    expect(await succeeds(as('trusted', { tls: 'disable' }))).toBe(false);
    expect(await succeeds(as('trusted', { tls: 'allow' }))).toBe(false);
    expect(await succeeds(as('trusted', { tls: 'prefer' }))).toBe(true);
    expect(await succeeds(as('trusted', { tls: 'require' }))).toBe(true);
    const tlsRootCertificate = join(tlsFolder, 'ca.pem');
    expect(await succeeds(as('trusted', { tls: 'verify-ca', host: '127.0.0.1', tlsRootCertificate }))).toBe(true);
    expect(await succeeds(as('trusted', { tls: 'verify-full', tlsRootCertificate }))).toBe(true);
    // The way that pg_hba asks for is found by allow and prefer.
    expect(await succeeds(as('only_tls', { tls: 'allow' }))).toBe(true);
    expect(await succeeds(as('only_plain', { tls: 'prefer' }))).toBe(false);
    expect(await failureOf(as('only_plain', { tls: 'require' }))).toMatchObject({ code: 'authentication-failed', sql: { sqlstate: '28000' } });
  });

  test('certificates that can’t be trusted', async () => {
    const tlsRootCertificate = join(tlsFolder, 'ca.pem');
    const other = join(tlsFolder, 'other-ca.pem');
    expect((await failureOf(as('trusted', { tls: 'verify-full', host: '127.0.0.1', tlsRootCertificate }))).message).toContain('another host name');
    for (const tls of ['require', 'verify-ca', 'verify-full'] as const) {
      expect(await failureOf(as('trusted', { tls, tlsRootCertificate: other }))).toMatchObject({ code: 'tls-failed', rootCause: 'tls' });
    }
    expect(await failureOf(as('trusted', { tls: 'verify-full' }))).toMatchObject({ code: 'tls-failed' });
    expect((await failureOf(as('trusted', { tls: 'verify-full', tlsRootCertificate: '/nowhere.pem' }))).message).toContain('/nowhere.pem');
  });

  test('behind a tunnel the address is connected to, and the certificate must have the host’s name', async () => {
    const tlsRootCertificate = join(tlsFolder, 'ca.pem');
    const behind = (host: string, more: Partial<Address> = {}) => as('trusted', { host, hostAddress: '127.0.0.1', ...more });
    expect(await succeeds(behind('db.invalid', { tls: 'require' }))).toBe(true);
    expect(await succeeds(behind('db.invalid', { tls: 'disable' }))).toBe(false);
    expect(await succeeds(behind('db.invalid', { tls: 'verify-ca', tlsRootCertificate }))).toBe(true);
    expect(await succeeds(behind('localhost', { tls: 'verify-full', tlsRootCertificate }))).toBe(true);
    for (const host of ['db.invalid', '127.0.0.1']) {
      expect((await failureOf(behind(host, { tls: 'verify-full', tlsRootCertificate }))).message).toContain('another host name');
    }
    // A folder as host is only a name then, as with libpq.
    expect(await succeeds(behind('/nowhere', { tls: 'require' }))).toBe(true);
    const nobody = await failureOf(behind('db.invalid', { port: 1 }));
    expect(nobody.message).toBe('nothing accepts connections at 127.0.0.1:1 (for db.invalid)');
  });

  test('a statement is cancelled by the same way, tunnel and TLS and all', async () => {
    const stop = new AbortController();
    const address = as('trusted', { host: 'db.invalid', hostAddress: '127.0.0.1', tls: 'require' });
    const session = unwrap(await connect(address, { signal: stop.signal }));
    const watcher = unwrap(await connect(as('trusted')));
    const states = () => watcher.query<{ state: string }>('select state from pg_catalog.pg_stat_activity where pid = $1 order by pid', [session.backendPid]);
    const sleeping = expect(session.query('select pg_catalog.pg_sleep(3600)')).rejects.toThrow();
    await untilTrue('the statement runs', async () => (await states())[0]?.state === 'active');
    stop.abort();
    await sleeping;
    await untilTrue('the statement was cancelled on the server', async () => (await states()).length === 0);
    await watcher.close();
  });

  test('channel binding is required or it fails', async () => {
    expect(await succeeds(as('scram', { password, channelBinding: 'require' }))).toBe(true);
    for (const user of ['trusted', 'clear', 'hashed']) {
      expect(await failureOf(as(user, { password, channelBinding: 'require' }))).toMatchObject({ code: 'authentication-failed' });
    }
    expect(await failureOf(as('scram', { password, channelBinding: 'require', tls: 'disable' }))).toMatchObject({ code: 'authentication-failed' });
  });

  test('what a server refuses is told by name', async () => {
    expect(await failureOf(as('scram', { password, database: 'missing' }))).toMatchObject({ code: 'source-unreachable', sql: { sqlstate: '3D000' } });
    expect(await failureOf(as('nobody_known', { password }))).toMatchObject({ code: 'authentication-failed', sql: { sqlstate: '28000' } });
    expect(await failureOf(as('limited', { password }))).toMatchObject({ code: 'source-unreachable', sql: { sqlstate: '53300' } });
    expect(await failureOf(as('shut_out', { password, database: 'closed' }))).toMatchObject({ code: 'privileges-missing', sql: { sqlstate: '42501' } });
  });

  test('a Unix socket', async () => {
    expect(await succeeds({ ...server.admin, tls: 'verify-full' })).toBe(false);
    expect((await failureOf({ ...server.admin, port: 1 })).message).toContain(`${server.admin.host}/.s.PGSQL.1`);
  });
});

test('a server that is killed in the middle of a statement', async () => {
  await withOwnServer(15, { hba: [] }, async ({ admin, kill }) => {
    const opened = await connect(admin);
    const idle = await connect(admin);
    if (!opened.ok || !idle.ok) throw new Error('no connection');
    const running = opened.value.query('select pg_sleep(60)').catch((error: unknown) => error);
    const copying = idle.value
      .copyOut("copy (select repeat('x', 1000), pg_sleep(0.001) from generate_series(1, 1000000)) to stdout")
      .forEach(() => {})
      .catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    kill('SIGQUIT');
    expect(await running).toMatchObject({ name: 'SqlError', fields: { sqlstate: '08006' } });
    expect(await copying).toMatchObject({ name: 'SqlError', fields: { sqlstate: '08006' } });
    expect(await failureOf(admin)).toMatchObject({ code: 'source-unreachable' });
  });
});

test('nobody listens, nobody is known, nobody answers', async () => {
  const server = testServer(18);
  expect((await failureOf({ ...server, port: 1 })).message).toBe('nothing accepts connections at 127.0.0.1:1');
  expect(await failureOf({ ...server, host: 'no-such-host.invalid' })).toMatchObject({ code: 'source-unreachable' });
  expect(await failureOf({ ...server, tls: 'require' })).toMatchObject({ code: 'tls-failed' });
  await withListener(
    () => {},
    async (port) => {
      const failure = await failureOf({ ...server, port, tls: 'disable' }, 300);
      expect(failure).toMatchObject({ code: 'source-unreachable' });
      expect(failure.message).toContain('no answer');
    },
  );
});

test('strangers on the port', async () => {
  const server = testServer(18);
  for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', 'R\0\0\0\x08\0\0\0\x07', '']) {
    await withListener(
      (listener) => listener.on('connection', (socket) => socket.on('error', () => {}).on('data', () => socket.end(answer))),
      async (port) => {
        expect(['source-unreachable', 'authentication-failed']).toContain((await failureOf({ ...server, port, tls: 'disable' }, 2_000)).code);
        expect(['source-unreachable', 'tls-failed']).toContain((await failureOf({ ...server, port, tls: 'require' }, 2_000)).code);
      },
    );
  }
});

test('a server without TLS is logged in to on the connection that asked for it', async () => {
  const server = testServer(18);
  let connections = 0;
  await withListener(
    (listener) =>
      listener.on('connection', (client) => {
        connections++;
        const behind = connectSocket(server.port, '127.0.0.1');
        client.pipe(behind).pipe(client);
        for (const socket of [client, behind]) socket.on('error', () => {});
      }),
    async (port) => {
      expect(await succeeds({ ...server, host: '127.0.0.1', port, tls: 'prefer' })).toBe(false);
      expect(connections).toBe(1);
      // What the server says then is its last word: it would say the same again.
      expect(await failureOf({ ...server, host: '127.0.0.1', port, tls: 'prefer', database: 'missing' })).toMatchObject({ sql: { sqlstate: '3D000' } });
      expect(connections).toBe(2);
      expect((await failureOf({ ...server, host: '127.0.0.1', port, tls: 'require' })).code).toBe('tls-failed');
    },
  );
});

test('a pooler that refuses start-up options', async () => {
  const fields = 'SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0';
  const answer = Buffer.concat([Buffer.from('E\0\0\0'), Buffer.from([fields.length + 4]), Buffer.from(fields)]);
  await withListener(
    (listener) => listener.on('connection', (socket) => socket.on('error', () => {}).on('data', () => socket.end(answer))),
    async (port) => {
      const failure = await failureOf({ ...testServer(18), port, tls: 'disable' });
      expect(failure.code).toBe('source-unreachable');
      expect(failure.message).toContain('pooler');
    },
  );
});

async function withListener(prepare: (server: Server) => void, use: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<{ destroy(): void }>();
  const listener = createServer((socket) => sockets.add(socket));
  prepare(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    await use((listener.address() as { port: number }).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  }
}
