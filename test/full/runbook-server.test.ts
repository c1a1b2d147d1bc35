import { execFileSync } from 'node:child_process';
import { rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Event } from '../../src/core/event.ts';
import type { Context } from '../../src/core/ports.ts';
import { askProduction } from '../../src/rehearsal/runbook/ask-production.ts';
import { withDatabase } from '../support/databases.ts';
import { ask as askServer, withOwnServer } from '../support/own-server.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';

const checks = [
  { kind: 'version', name: 'version', min: '15' },
  { kind: 'backup', name: 'backup', file: 'a.dump' },
  {
    kind: 'backup',
    name: 'word',
    attestation: { by: 'dba', at: new Date(Date.now() - 3_600_000).toISOString(), statement: 'restored into staging' },
    maxAgeHours: 2,
  },
];

async function ask(folder: string, url: string | undefined, context: Context & { readonly events: Event[] }, serverChecks: readonly object[] = checks) {
  const settings = settingsSchema.parse({
    ...{ source: { dump: 'none' }, baseline: { mode: 'init-then-migrations' }, migrate: { tool: 'command', command: ['none'] } },
    runbook: { serverChecks, ...(url === undefined ? {} : { production: { url } }) },
  });
  context.events.length = 0;
  await askProduction(context, { settings, folder, source: undefined, hide: () => {} });
  const gates = context.events.flatMap((event) => (event.type === 'gate' ? [event.gate] : []));
  return Object.fromEntries(gates.map(({ gate, outcome, summary }) => [gate.replace('server-check:', ''), `${outcome}: ${summary}`]));
}

test('a backup counts only as far as it can be read, and a dump is no server', async () => {
  await withDatabase(
    15,
    'create table item as select n, md5(n::text) as text from generate_series(1, 5000) n; create table note (a int)',
    async (address, run) => {
      const folder = makeFolder('pgr-backup-');
      try {
        const context = { ...testContext(), now: () => new Date() };
        const url = `postgres://postgres@127.0.0.1:${address.port}/${address.database}?sslmode=disable`;
        const dump = (...args: string[]) => execFileSync('pg_dump', ['-Fc', '-f', 'a.dump', ...args, url], { cwd: folder });
        const none = await ask(folder, undefined, context);
        expect(none).toMatchObject({
          version: expect.stringMatching(/^inconclusive: .*no server to ask/),
          backup: expect.stringMatching(/^inconclusive/),
          word: expect.stringMatching(/^passed: Attested by dba/),
        });
        expect(await ask(folder, url, context)).toMatchObject({
          version: expect.stringMatching(/^passed: .*PostgreSQL 15/),
          backup: expect.stringMatching(/^inconclusive: .*ENOENT/),
        });
        dump();
        expect(await ask(folder, url, context)).toMatchObject({ backup: expect.stringMatching(/^passed: a\.dump, .* rows of 2 tables on production/) });
        truncateSync(join(folder, 'a.dump'), statSync(join(folder, 'a.dump')).size - 5000);
        execFileSync('pg_restore', ['--list', 'a.dump'], { cwd: folder, stdio: 'ignore' });
        expect(await ask(folder, url, context)).toMatchObject({ backup: expect.stringMatching(/^failed: .*can’t be read to its end/) });
        dump('--exclude-table-data=note');
        expect(await ask(folder, url, context)).toMatchObject({ backup: expect.stringMatching(/^failed: .*lacks the rows of public\.note/) });
        dump('--schema-only');
        expect(await ask(folder, url, context)).toMatchObject({ backup: expect.stringMatching(/^failed: .*lacks the rows of public\.item and 1 more/) });
        dump();
        await run('create table later (a int)');
        expect(await ask(folder, url, context)).toMatchObject({ backup: expect.stringMatching(/^failed: .*public\.later/) });
        expect(await ask(folder, url.replace(`:${address.port}`, ':1'), context)).toMatchObject({ version: expect.stringMatching(/^inconclusive/) });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

test('a prepared transaction belongs to no session, and is told with its name', { timeout: 60_000 }, async () => {
  const own = { hba: ['host all all 127.0.0.1/32 trust'], settings: { max_prepared_transactions: '2' } };
  await withOwnServer(15, own, async ({ admin, tcp }) => {
    const context = testContext();
    const url = `postgres://postgres@127.0.0.1:${tcp.port}/postgres?sslmode=disable`;
    const check = { kind: 'long-transactions', name: 'none-is-long', minutes: 1e-9 };
    const told = () => context.events.flatMap((event) => (event.type === 'finding' ? [`${event.finding.id} ${event.finding.detail}`] : []));
    expect(await ask('.', url, context, [check])).toMatchObject({ 'none-is-long': expect.stringMatching(/^passed: 0 transactions open/) });
    await askServer(admin, "begin; create table left_behind (a int); prepare transaction 'nightly-42'");
    expect(await ask('.', url, context, [check])).toMatchObject({ 'none-is-long': expect.stringMatching(/^failed: 1 transaction open for more than/) });
    expect(told().join()).toMatch(/^server-check:server:none-is-long .*prepared transaction nightly-42, of postgres in postgres/s);
    await askServer(admin, "rollback prepared 'nightly-42'");
    expect(await ask('.', url, context, [check])).toMatchObject({ 'none-is-long': expect.stringMatching(/^passed/) });
  });
});
