import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../src/core/server.ts';
import { ask, freePort } from './own-server.ts';
import { guardServers } from './server-guard.ts';
import { makeFolder } from './temporary-folder.ts';
import { untilTrue } from './until-true.ts';

const bin = '/usr/lib/postgresql/15/bin';

/** Debian's PostgreSQL 15 in a folder of its own, for extensions that embedded servers lack. Superuser postgres, no password, on 127.0.0.1 only. */
export class DebianServer implements AsyncDisposable {
  readonly admin: Address;
  readonly #stop: () => Promise<void>;

  private constructor(port: number, stop: () => Promise<void>) {
    this.admin = { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', tls: 'disable' };
    this.#stop = stop;
  }

  /** @param primary the server whose streaming replica it is; a new one unless given */
  static async start(primary?: DebianServer): Promise<DebianServer> {
    const root = makeFolder('pgr-debian-');
    chmodSync(root, 0o755);
    const guard = guardServers(root);
    const ids: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const data = join(root, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (ids.uid !== undefined && ids.gid !== undefined) chownSync(data, ids.uid, ids.gid);
    const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
    const [program, args] =
      primary === undefined
        ? ['initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']]
        : ['pg_basebackup', ['-D', data, '-R', '--no-sync', '--checkpoint=fast', '-d', primary.url()]];
    const made = spawnSync(join(bin, program as string), args as string[], { ...ids, env, cwd: root });
    if (made.status !== 0) throw new Error(`${program}: ${made.stderr}`);
    const port = await freePort();
    const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', wal_level: 'logical' };
    spawn(join(bin, 'postgres'), ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...ids,
      env,
      cwd: root,
      stdio: 'ignore',
      detached: true,
    });
    const server = new DebianServer(port, () => guard.close());
    await untilTrue('Debian’s server answers', async () => (await ask(server.admin, 'select 1').catch(() => undefined)) !== undefined);
    return server;
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.admin.port}/${encodeURIComponent(database)}?sslmode=disable`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}
