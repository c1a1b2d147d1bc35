import { spawn } from 'node:child_process';
import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '../../src/core/server.ts';
import { ask, freePort } from './own-server.ts';
import { makeFolder } from './temporary-folder.ts';
import { untilTrue } from './until-true.ts';

const nobody = 65534;

/** Lends a PgBouncer in transaction mode before a database; it is stopped and removed afterwards. */
export async function withTransactionPooler<T>(server: Address, settings: readonly string[], use: (pooled: Address) => Promise<T>): Promise<T> {
  const folder = makeFolder('pgr-pooler-');
  const port = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  const lines = [
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'auth_type = any',
    'pool_mode = transaction',
    'unix_socket_dir =',
    ...settings,
  ];
  writeFileSync(
    file,
    `[databases]\n${server.database} = host=127.0.0.1 port=${server.port} dbname=${server.database} user=${server.user}\n${lines.join('\n')}\n`,
  );
  chmodSync(folder, 0o755);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(file, nobody, nobody);
  const pooler = spawn('/usr/sbin/pgbouncer', ['-q', file], { stdio: 'ignore', ...(asRoot ? { uid: nobody, gid: nobody } : {}) });
  const ended = new Promise((resolve) => pooler.once('close', resolve));
  try {
    const pooled: Address = { ...server, port };
    await untilTrue('the pooler answers', async () => (await ask(pooled, 'select 1').catch(() => undefined)) !== undefined);
    return await use(pooled);
  } finally {
    pooler.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
