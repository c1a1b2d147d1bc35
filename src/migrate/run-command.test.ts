import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { Secret } from '../core/secret.ts';
import type { CommandSettings } from './migrate-settings.ts';
import { runMigrationCommand } from './run-command.ts';

let project = '';
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'pgr-command-'));
});
afterAll(() => rm(project, { recursive: true }));

/** A migration tool of one file, run by node with the pg driver of this project. */
async function tool(body: string, more: Partial<CommandSettings> = {}): Promise<CommandSettings> {
  const file = join(project, `tool-${Math.random()}.mjs`);
  const driver = JSON.stringify(import.meta.resolve('pg'));
  await writeFile(
    file,
    `import pg from ${driver};\nconst client = new pg.Client({ connectionString: process.env.DATABASE_URL });\nawait client.connect();\n${body}\nawait client.end();`,
  );
  return { tool: 'command', command: [process.execPath, file], env: {}, timeoutMinutes: 1, ...more };
}

test('the tool migrates the database it is given; the ledger tells what is new; passwords are not shown', async () => {
  await withDatabase(18, 'create table done (v text); insert into done values ($$1$$)', async (address, run) => {
    vi.stubEnv('PGHOST', 'production.example.org');
    vi.stubEnv('PGSERVICE', 'production');
    vi.stubEnv('DIRECT_URL', 'postgres://production.example.org/x');
    const context = testContext();
    const settings = await tool(
      `await client.query("create table t (); insert into done values ('2')");
       console.log(process.env.DATABASE_URL, process.env.PGSERVICE, process.env.DIRECT_URL, process.env.PGHOST);`,
      { ledger: { table: 'done', column: 'v' } },
    );
    const ran = await runMigrationCommand(context, settings, { ...address, password: new Secret('geheim') }, project);
    vi.unstubAllEnvs();
    expect(ran).toMatchObject({ ok: true, value: { recorded: ['2'], outcome: { ranAs: 'command' } } });
    expect((await run(`select to_regclass('t')::text as t`)).rows).toEqual([{ t: 't' }]);
    expect(context.events).toMatchObject([
      {
        type: 'output',
        phase: 'migrate',
        stream: 'stdout',
        line: `postgres://postgres:***@127.0.0.1:${address.port}/${address.database}?sslmode=disable undefined undefined 127.0.0.1`,
      },
      { type: 'migration-finished' },
    ]);
  });
});

test('what the tool leaves running is found by its mark', async () => {
  await withDatabase(18, '', async (address) => {
    const context = testContext();
    const settings = await tool(
      `const { spawn } = await import('node:child_process');
       const left = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); left.unref(); console.log(left.pid);`,
    );
    const ran = await runMigrationCommand(context, settings, address, project);
    if (!ran.ok) throw new Error(ran.failure.message);
    const pids = context.events.flatMap((event) => (event.type === 'output' ? [Number(event.line)] : []));
    expect(await context.edge.system.endMarked(ran.value.mark, [])).toEqual(pids);
    expect(await context.edge.system.endMarked(ran.value.mark, ['SIGKILL'])).toEqual([]);
  });
});

test('a command that fails, with its last lines and what the ledger gained', async () => {
  await withDatabase(18, '', async (address) => {
    const settings = await tool(
      `await client.query("create table done (v int); insert into done values (7)"); console.error('column x does not exist'); process.exit(3);`,
      {
        ledger: { table: 'done', column: 'v' },
      },
    );
    expect(await runMigrationCommand(testContext(), settings, address, project)).toMatchObject({
      ok: false,
      failure: {
        code: 'command-failed',
        message: expect.stringMatching(/ended with exit code 3\. Left behind: the ledger has 1 more: 7\. Its last lines:\ncolumn x does not exist$/),
      },
    });
  });
});

test('a command that does not exist, and one that takes too long', async () => {
  await withDatabase(18, '', async (address) => {
    const settings: CommandSettings = { tool: 'command', command: ['no-such-tool'], env: {}, timeoutMinutes: 1 };
    expect(await runMigrationCommand(testContext(), settings, address, project)).toMatchObject({
      ok: false,
      failure: { code: 'command-not-found', object: 'no-such-tool' },
    });
    const slow = await runMigrationCommand(testContext(), { ...settings, command: ['sleep', '30'], timeoutMinutes: 0.005 }, address, project);
    expect(slow).toMatchObject({
      ok: false,
      failure: { code: 'command-failed', message: expect.stringContaining('was ended after 0.005 minutes (migrate.timeoutMinutes)') },
    });
  });
});
