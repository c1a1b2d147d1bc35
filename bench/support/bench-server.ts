import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Debian's PostgreSQL 15: its server, pg_dump, pg_restore and pgcopydb belong together. */
export const binFolder = '/usr/lib/postgresql/15/bin';

/** The same for source and target, whoever copies: what a throwaway server of ours has as well. */
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  shared_buffers: '128MB',
  maintenance_work_mem: '256MB',
  max_locks_per_transaction: '512',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

export interface BenchServer extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  url(database: string): string;
}

/** The user that servers run as when we are root, who may not. */
export function serverIds(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const fields = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  return { uid: Number(fields?.[1] ?? 65534), gid: Number(fields?.[2] ?? 65534) };
}

/** Makes and starts a server; leaving the `await using` block stops it. Its folder lies in the benchmark's own. */
export async function startBenchServer(folder: string): Promise<BenchServer> {
  if (!existsSync(join(binFolder, 'postgres'))) throw new Error(`${binFolder} is missing: apt-get install postgresql-15 pgcopydb`);
  const ids = serverIds();
  mkdirSync(folder, { mode: 0o700 });
  if (ids.uid !== undefined && ids.gid !== undefined) chownSync(folder, ids.uid, ids.gid);
  const data = join(folder, 'data');
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const made = spawnSync(join(binFolder, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], {
    ...ids,
    env,
    cwd: folder,
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const lines = Object.entries({ ...settings, port: String(port) }).map(([name, value]) => `${name} = '${value}'`);
  appendFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  const server = spawn(join(binFolder, 'postgres'), ['-D', data], { ...ids, env, cwd: folder, stdio: 'ignore' });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  for (let attempt = 0; spawnSync(join(binFolder, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status !== 0; attempt++) {
    if (attempt > 300) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    pid: server.pid ?? 0,
    url,
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGINT');
      await exited;
    },
  };
}

/** Runs SQL with psql and gives what it prints; an error ends the benchmark. */
export function sql(url: string, text: string): string {
  const ran = spawnSync(join(binFolder, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(`psql: ${ran.stderr}`);
  return ran.stdout.trim();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
