import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '../../src/core/server.ts';
import { ask, freePort } from './own-server.ts';
import { untilTrue } from './until-true.ts';

const bin = '/usr/lib/postgresql/15/bin';

/** Standbys are made with pg_basebackup, which only an installed Postgres has. */
export const canMakeStandby = existsSync(join(bin, 'pg_basebackup'));

/** Lines for pg_hba.conf of the primary. */
export const primaryAccess = ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'];

/** Lends a hot standby of a PostgreSQL 15, which streams from it; it is stopped and removed afterwards. */
export async function withStandby<T>(primary: Address, settings: Readonly<Record<string, string>>, use: (standby: Address) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pgr-standby-'));
  const data = join(folder, 'data');
  const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid);
  const from = ['-h', primary.host, '-p', `${primary.port}`, '-U', primary.user];
  const made = spawnSync(join(bin, 'pg_basebackup'), [...from, '-D', data, '-R', '-X', 'stream', '-c', 'fast'], { ...ids, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`pg_basebackup: ${made.stderr}`);
  writeFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const port = await freePort();
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings };
  const args = ['-D', data, '-p', `${port}`, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawn(join(bin, 'postgres'), args, { ...ids, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    const standby: Address = { ...primary, port };
    await untilTrue('the standby answers', async () => {
      if (child.exitCode !== null) throw new Error(`the standby ended with ${child.exitCode}`);
      return (await ask(standby, 'select 1').catch(() => undefined)) !== undefined;
    });
    return await use(standby);
  } finally {
    child.kill('SIGQUIT');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}
