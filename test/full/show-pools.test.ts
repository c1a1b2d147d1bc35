import { spawn } from 'node:child_process';
import { chmodSync, chownSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { withDatabase } from '../support/databases.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

/** The system's user that nobody logs in as: PgBouncer refuses to be root. */
const nobody = 65_534;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('PgBouncer’s admin console tells of clients that wait for a connection', async () => {
  await withDatabase(15, '', async (server) => {
    const folder = makeFolder('pgr-pools-');
    const port = await freePort();
    const settings = join(folder, 'pgbouncer.ini');
    writeFileSync(
      settings,
      `[databases]\nshop = host=127.0.0.1 port=${server.port} dbname=${server.database} user=postgres pool_size=1
[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nauth_type = any\npool_mode = transaction\nunix_socket_dir =\nstats_users = watcher\n`,
    );
    chmodSync(folder, 0o755);
    const asRoot = process.getuid?.() === 0;
    if (asRoot) chownSync(settings, nobody, nobody);
    const pooler = spawn('/usr/sbin/pgbouncer', ['-q', settings], { stdio: 'ignore', ...(asRoot ? { uid: nobody, gid: nobody } : {}) });
    const ended = new Promise((resolve) => pooler.once('close', resolve));
    try {
      const { postgres } = makeEdge();
      const console = { host: '127.0.0.1', port, database: 'pgbouncer', user: 'watcher', tls: 'disable' } as const;
      const waiting = async () => {
        const shown = await postgres.showPools(console);
        return shown.ok ? shown.value.filter(({ database }) => database === 'shop').map(({ cl_waiting }) => Number(cl_waiting)) : shown.failure.code;
      };
      await expect.poll(waiting, { timeout: 60_000 }).toEqual([]);
      const client = () => postgres.connect({ ...console, database: 'shop', user: 'postgres' });
      await using holding = unwrap(await client());
      await holding.execute('begin; select 1');
      // The pool has one connection: the second client is let in only once the first has ended its transaction.
      const second = client();
      await expect.poll(waiting, { timeout: 60_000 }).toEqual([1]);
      await holding.execute('commit');
      await unwrap(await second).close();
      await expect.poll(waiting, { timeout: 60_000 }).toEqual([0]);
      expect(await postgres.showPools({ ...console, database: 'shop' })).toMatchObject({ ok: false });
    } finally {
      pooler.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
