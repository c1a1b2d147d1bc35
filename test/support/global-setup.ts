import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeClusterTemplate, makeEmptyCluster, serverEnv, serverIds, testBinaries } from './empty-cluster.ts';
import { guardServers } from './server-guard.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    port15: number;
    port18: number;
  }
}

/** Two plain servers for all test files, started without any code of the project, so that a fault in it can't hide here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A short name: the paths of sockets may only have a hundred bytes.
  const root = mkdtempSync('/var/tmp/pgrt-');
  chmodSync(root, 0o755);
  const guard = guardServers(root);
  // Whatever a test or the program makes on the disk goes with this folder, also when the runner is killed.
  process.env.PGREHEARSE_TESTS = root;
  process.env.TMPDIR = join(root, 'tmp');
  mkdirSync(process.env.TMPDIR);
  chmodSync(process.env.TMPDIR, 0o1777);
  // The program is started hundreds of times: compiling it once is enough.
  process.env.NODE_COMPILE_CACHE = join(root, 'compiled');
  const start = async (major: number) => {
    makeClusterTemplate(major, root);
    const { port, child } = await startTestServer(major, root);
    child.unref();
    return port;
  };
  project.provide('port15', await start(15));
  project.provide('port18', await start(18));
  return () => guard.close();
}

/** Starts a plain server of its own in `root`, superuser postgres, no password, on 127.0.0.1 only; with further settings where they are given. */
export async function startTestServer(major: number, root: string, settings: Readonly<Record<string, string>> = {}) {
  const native = testBinaries(major, root);
  const data = join(root, `data${major}`);
  makeEmptyCluster(major, data, root);
  const port = await freePort();
  const child = spawn(
    join(native, 'bin/postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=200',
      '-c',
      'wal_level=logical',
      '-c',
      'max_prepared_transactions=10',
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...serverIds, env: serverEnv, cwd: root, stdio: 'ignore', detached: true },
  );
  await untilListening(port);
  return { port, child };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function untilListening(port: number): Promise<void> {
  const pg = (await import('pg')).default;
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`no server on port ${port}`);
}
