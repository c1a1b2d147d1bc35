import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

const dump = `--
-- PostgreSQL database dump
--
-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4
create table public.t (a int primary key, b text);
COPY public.t (a, b) FROM stdin;
1\tx
2\ty
\\.
--
-- PostgreSQL database dump complete
--
`;

const ask = `const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query('select current_database() as database, current_user as user, count(*)::int as rows from t');
  console.log(JSON.stringify({ ...rows[0], extra: process.env.TEAM_DB, direct: process.env.DIRECT_URL ?? null }));
  await client.end();
  process.exit(7);`;

test('a kept clone is listed, used by an application, and dropped', async () => {
  await withContext(async ({ root }) => {
    const made = spawnSync(process.execPath, [join(import.meta.dirname, '../support/cluster-program.ts'), root, '18', '1', 'keep'], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    const folder = mkdtempSync(join(tmpdir(), 'pgr-app-'));
    try {
      const env = { PGREHEARSE_HOME: root, DIRECT_URL: 'postgres://production.example/db', PGHOST: 'production.example' };
      const cli = (...args: string[]) => runCli(args, { cwd: folder, env });
      const config = {
        source: { urlVariable: 'X' },
        clone: { databaseNameVariable: 'TEAM_DB' },
        migrate: { tool: 'sql-files', folder: 'm', layout: 'flat', appliedThrough: 'none' },
        baseline: { mode: 'init-then-migrations' },
      };
      writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(config));

      const listed = JSON.parse((await cli('clones', '--json')).stdout);
      expect(listed).toMatchObject([{ name: 'kept-one', running: true, database: 'Renamed', expiresAt: '2999-01-01T00:00:00Z' }]);
      expect((await cli('clones')).stdout).toMatch(/^NAME +STATE.*\nkept-one +running +\d+ +Renamed +[a-z-]+ +2999-01-01 00:00\n$/);

      const environment = JSON.parse((await cli('env', '--shell', 'json')).stdout) as Record<string, string>;
      expect(environment).toMatchObject({ PGDATABASE: 'Renamed', PGUSER: 'app_user', TEAM_DB: 'Renamed', PGPORT: String(listed[0].port) });
      const client = new pg.Client({ connectionString: environment.DATABASE_URL });
      await client.connect();
      await client.end();

      // What a shell makes of the lines is what counts: the password holds blanks and quotes.
      const lines = (await cli('env', 'kept-one')).stdout;
      const read = spawnSync('/bin/sh', ['-c', `${lines}\nprintf %s "$PGPASSWORD"`], { encoding: 'utf8' });
      expect(read.stdout).toBe('p w\'"\\');

      const ran = await cli('exec', '--name', 'kept-one', '--', process.execPath, '--input-type=module', '-e', ask);
      expect(JSON.parse(ran.stdout)).toEqual({ database: 'Renamed', user: 'app_user', rows: 100_000, extra: 'Renamed', direct: null });
      expect(ran.stderr).toContain('Left out, since it may lead to another database: DIRECT_URL');
      expect(ran.exitCode).toBe(7);

      const ended = await runCli(
        ['exec', process.execPath, '-e', 'process.on("SIGTERM", () => process.exit(9)); console.log("up"); setInterval(() => {}, 1000)'],
        {
          cwd: folder,
          env,
          during: (child) => child.stdout?.once('data', () => child.kill('SIGTERM')),
        },
      );
      expect(ended).toMatchObject({ exitCode: 9, stdout: 'up\n' });
      const killed = await cli('exec', '/bin/sh', '-c', 'kill -KILL $$');
      expect(killed.exitCode).toBe(137);
      expect(await cli('exec', 'no-such-program')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('there is no command no-such-program') });

      expect((await cli('gc', '--dry-run')).stdout).toContain('Stays: clone kept-one (kept on purpose until 2999-01-01T00:00:00Z).');
      expect(await cli('drop', 'kept-one', 'kept-oen')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean kept-one') });
      expect((await cli('drop', '--dry-run', 'kept-one')).stdout).toMatch(/^Would drop kept-one\.\nWould drop image of \d+\.\n$/);
      expect(JSON.parse((await cli('clones', '--json')).stdout)).toHaveLength(1);
      expect((await cli('drop', 'kept-one')).stdout).toMatch(/^Dropped kept-one\.\nDropped image of \d+\.\n$/);
      expect(await cli('clones')).toMatchObject({ stdout: '', stderr: 'No clones on this machine.\n' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('a dump is loaded, used, put back and dropped, and none of its data is left', async () => {
  await withContext(async ({ root }) => {
    await withFolder({ 'prod.sql': dump }, async (cwd) => {
      const cli = (...args: string[]) => runCli(args, { cwd, env: { PGREHEARSE_HOME: root, APP_PASSWORD: 'a b' } });
      expect(await cli('load', 'prod.sql', '--password-variable', 'NO_SUCH')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('NO_SUCH is not set'),
      });
      expect(await cli('load')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Name the dump') });

      const loaded = await cli('load', 'prod.sql', '--name', 'shop', '--database', 'shop_db', '--user', 'app', '--password-variable', 'APP_PASSWORD');
      expect(loaded.exitCode, loaded.stderr).toBe(0);
      const [, connectionString = ''] = /export DATABASE_URL='([^']+)'/.exec(loaded.stdout) ?? [];
      expect(connectionString).toContain('/shop_db');
      const rows = async () => {
        const client = new pg.Client({ connectionString });
        await client.connect();
        try {
          return (await client.query('select a, b from public.t order by a')).rows;
        } finally {
          await client.end();
        }
      };
      expect(await rows()).toEqual([
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ]);
      const emptied = `const { default: pg } = await import(${JSON.stringify(import.meta.resolve('pg'))});
        const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
        await client.connect();
        await client.query('delete from public.t');
        await client.end();`;
      expect(await cli('exec', process.execPath, '--input-type=module', '-e', emptied)).toMatchObject({ exitCode: 0 });
      expect(await rows()).toEqual([]);
      expect(await cli('load', 'prod.sql', '--name', 'shop')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('clone-name-taken') });
      const impossible = process.getuid?.() === 0 ? 'overlay-rootless' : 'overlay';
      expect(await cli('reset', 'shop', '--clone-method', impossible)).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('clone-method-unusable') });
      // A reset that can't be done leaves the clone as it was.
      expect(await rows()).toEqual([]);
      expect(await cli('reset', 'shop')).toMatchObject({ exitCode: 0 });
      expect(await rows()).toHaveLength(2);
      // As after a restart of the machine, and in another way.
      const [{ id }] = JSON.parse((await cli('clones', '--json')).stdout);
      const { pid } = JSON.parse(readFileSync(join(root, `state/ledger/${id}.json`), 'utf8')).facts;
      process.kill(pid, 'SIGKILL');
      expect(JSON.parse((await cli('reset', 'shop', '--clone-method', 'copy', '--json')).stdout)).toMatchObject({ name: 'shop', method: 'copy' });
      expect(await rows()).toHaveLength(2);
      expect(JSON.parse((await cli('clones', '--json')).stdout)).toHaveLength(1);
      expect(await cli('drop', 'shop')).toMatchObject({ exitCode: 0, stdout: 'Dropped shop.\nDropped image of shop.\n' });
      expect((await cli('gc')).stdout).not.toContain('image');
    });
  });
});
