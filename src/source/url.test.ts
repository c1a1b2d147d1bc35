import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../test/support/databases.ts';
import { ask, withOwnServer } from '../../test/support/own-server.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Address } from '../core/server.ts';
import { openUrl } from './url.ts';

const urlOf = ({ user, host, port, database }: Address) => `postgres://${user}@${host}:${port}/${database}`;

test.each([15, 18] as const)('what PostgreSQL %i tells of itself, at one instant and read-only', async (major) => {
  await withDatabase(major, 'create table t (a text); create extension citext', async (address, run) => {
    const opened = await openUrl(testContext(), { url: urlOf(address), allowPrimary: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using source = opened.value;
    expect(source.facts).toMatchObject({
      kind: 'url',
      database: address.database,
      major,
      isStandby: false,
      locale: { encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' },
      extensions: [
        { name: 'citext', schema: 'public' },
        { name: 'plpgsql', schema: 'pg_catalog' },
      ],
      languages: ['plpgsql'],
      databaseOwner: 'postgres',
    });
    expect(Math.abs(Date.parse(source.facts.dataAsOf) - Date.now())).toBeLessThan(30_000);
    await run('insert into t values (1)');
    expect(await source.session.query('select * from public.t')).toEqual([]);
    await expect(source.session.execute('insert into public.t values (1)')).rejects.toMatchObject({ fields: { sqlstate: '25006' } });
  });
});

test('a primary needs to be asked for, and what can’t be opened is named', async () => {
  const primary = testServer(18);
  const open = async (url: string) => {
    const opened = await openUrl(testContext(), { url, allowPrimary: false });
    if (opened.ok) throw new Error('opened');
    return opened.failure;
  };
  expect(await open(urlOf(primary))).toMatchObject({ code: 'primary-needs-opt-in', cure: expect.stringContaining('allowPrimary') });
  expect(await open(urlOf({ ...primary, port: 1 }))).toMatchObject({ code: 'source-unreachable' });
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 scram-sha-256'] }, async ({ admin, tcp }) => {
    await ask(admin, "create role reader login password 'right'");
    const failure = await open(`postgres://reader:wrong-one@127.0.0.1:${tcp.port}/postgres`);
    expect(failure).toMatchObject({ code: 'authentication-failed' });
    expect(JSON.stringify(failure)).not.toContain('wrong-one');
  });
});

const bin = '/usr/lib/postgresql/15/bin';

test.skipIf(!existsSync(join(bin, 'pg_basebackup')))('a standby is a source without asking, and shows its last replayed instant', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgr-standby-'));
    const data = join(folder, 'data');
    const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid);
    await ask(tcp, 'create table t as select 1 as a');
    await ask(tcp, 'create unlogged table u as select 1 as a');
    const made = spawnSync(join(bin, 'pg_basebackup'), ['-h', tcp.host, '-p', `${tcp.port}`, '-U', tcp.user, '-D', data, '-R', '-X', 'stream', '-c', 'fast'], {
      ...ids,
      encoding: 'utf8',
    });
    expect(made.stderr).toBe('');
    writeFileSync(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
    const port = await testContext().edge.system.freePort();
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', `${port}`, '-c', `unix_socket_directories=${folder}`, '-c', 'listen_addresses=127.0.0.1'], {
      ...ids,
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    try {
      for (let attempt = 0; attempt < 400; attempt++) {
        const up = await ask({ ...tcp, port }, 'select 1').catch(() => undefined);
        if (up !== undefined) break;
        await sleep(50);
      }
      await ask(tcp, 'insert into t values (2)');
      await sleep(300);
      const opened = await openUrl(testContext(), { url: urlOf({ ...tcp, port }), allowPrimary: false });
      if (!opened.ok) throw new Error(opened.failure.message);
      await using source = opened.value;
      expect(source.facts.isStandby).toBe(true);
      expect(Math.abs(Date.parse(source.facts.dataAsOf) - Date.now())).toBeLessThan(30_000);
      expect(await source.session.query('select a from public.t order by a')).toEqual([{ a: 1 }, { a: 2 }]);
    } finally {
      child.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
