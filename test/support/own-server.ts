import { spawn, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Address } from '../../src/core/server.ts';
import type { Major } from './databases.ts';
import { makeEmptyCluster, serverEnv, serverIds, testBinaries } from './empty-cluster.ts';
import { untilTrue } from './until-true.ts';

export interface OwnServer {
  /** Superuser by trust on the Unix socket. */
  readonly admin: Address;
  /** The same server by TCP, where pg_hba decides. */
  readonly tcp: Address;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Kills it, and waits until it is gone. */
  readonly crash: () => Promise<void>;
  /** Starts it again, on its port and data, after `kill`. */
  readonly restart: () => Promise<void>;
}

export interface OwnServerOptions {
  /** Lines of pg_hba.conf; the superuser's way in by the socket is always there. */
  readonly hba: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly tls?: boolean;
}

/** A server for one test file that needs its own pg_hba, TLS or death. It is stopped and removed afterwards. */
export async function withOwnServer<T>(major: Major, options: OwnServerOptions, use: (server: OwnServer) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'pgr-own-'));
  const bin = join(testBinaries(major, root), 'bin');
  const own = (path: string) => (serverIds.uid === undefined || serverIds.gid === undefined ? undefined : chownSync(path, serverIds.uid, serverIds.gid));
  own(root);
  const data = join(root, 'data');
  makeEmptyCluster(major, data, root);
  writeFileSync(join(data, 'pg_hba.conf'), ['local all postgres trust', ...options.hba, ''].join('\n'));
  const tls: Record<string, string> = {};
  if (options.tls) {
    mkdirSync(join(root, 'tls'), { mode: 0o700 });
    for (const name of ['server.pem', 'server.key']) {
      const file = join(root, 'tls', name);
      copyFileSync(join(import.meta.dirname, 'tls', name), file);
      spawnSync('chmod', ['600', file]);
      own(file);
    }
    own(join(root, 'tls'));
    Object.assign(tls, { ssl: 'on', ssl_cert_file: join(root, 'tls/server.pem'), ssl_key_file: join(root, 'tls/server.key') });
  }
  const port = await freePort();
  const settings = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: root, fsync: 'off', ...tls, ...options.settings };
  const start = () => {
    const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawn(join(bin, 'postgres'), args, { ...serverIds, env: serverEnv, cwd: root, stdio: 'ignore' });
    return { child, exited: new Promise((resolve) => child.once('exit', resolve)) };
  };
  let running = start();
  try {
    const admin: Address = { host: root, port, database: 'postgres', user: 'postgres', tls: 'disable' };
    const untilUp = () =>
      untilTrue('the server answers', async () => {
        if (running.child.exitCode !== null) throw new Error(`the server ended with ${running.child.exitCode}`);
        return (await ask(admin, 'select 1').catch(() => undefined)) !== undefined;
      });
    await untilUp();
    const restart = async () => {
      await running.exited;
      running = start();
      await untilUp();
    };
    const crash = async () => {
      running.child.kill('SIGKILL');
      await running.exited;
    };
    return await use({ admin, tcp: { ...admin, host: '127.0.0.1' }, kill: (signal) => running.child.kill(signal), crash, restart });
  } finally {
    running.child.kill('SIGQUIT');
    await running.exited;
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs SQL without any code of the project. */
export async function ask(address: Address, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database, ssl: false });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
