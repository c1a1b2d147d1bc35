import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { bookMasks, bookProduction, bookStaging } from '../support/book-store/read-book-store.ts';
import { withDatabase } from '../support/databases.ts';
import { runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { untilTrue } from '../support/until-true.ts';
import { urlOf } from '../sync/sync-stage.ts';

/** What staging holds: a line a table. */
const content = (tables: readonly string[]) =>
  tables
    .map((table) => `select '${table}' as t, md5(coalesce(string_agg(r::text, e'\\n' order by r::text), '')) as h from (select * from ${table}) r`)
    .join(' union all ');

const tables = ['admin_config', 'api_keys', 'authors', 'books', 'book_images', 'eval_runbooks', 'users', 'alembic_version'];

test('killed while it waits for a table, and run again: the state of an undisturbed run', async () => {
  const folder = makeFolder('pgr-sync-');
  chmodSync(folder, 0o755);
  await withDatabase(15, bookProduction, async (production) => {
    await withDatabase(18, bookStaging, async (undisturbed, runThere) => {
      await withDatabase(18, bookStaging, async (staging, run) => {
        const configure = (to: typeof staging) => {
          mkdirSync(join(folder, 'migrations'), { recursive: true });
          const settings = {
            source: { url: urlOf(production), allowPrimary: true },
            migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat' },
            baseline: { mode: 'init-then-migrations' },
            masking: { columns: bookMasks, saltVariable: 'SALT' },
            sync: { production: { url: urlOf(production), allowPrimary: true }, staging: { url: urlOf(to), lockTimeoutSeconds: 300 } },
          };
          writeFileSync(join(folder, 'pgrehearse.config.json'), JSON.stringify(settings));
        };
        const options = { cwd: folder, env: { SALT: 'the same salt for both runs', PGREHEARSE_HOME: join(folder, 'home') } };
        configure(undisturbed);
        expect(await runCli(['sync', '--stamp'], options)).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
        const whole = await runCli(['sync', '--yes'], options);
        expect(whole.exitCode, whole.stdout + whole.stderr).toBe(0);

        configure(staging);
        expect(await runCli(['sync', '--stamp'], options)).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
        const before = (await run(content(tables))).rows;
        const holder = new pg.Client({ connectionString: urlOf(staging) });
        await holder.connect();
        await holder.query('begin; lock table eval_price_history in access exclusive mode');
        const waits = "select from pg_stat_activity where application_name = 'pgrehearse sync' and wait_event_type = 'Lock' and datname = current_database()";
        const killed = await runCli(['sync', '--yes', '--jobs', '1'], {
          ...options,
          during: (child) => void untilTrue('it waits for the table', async () => (await run(waits)).rowCount === 1).then(() => child.kill('SIGKILL')),
        });
        expect(killed.signal).toBe('SIGKILL');
        await holder.query('rollback');
        await holder.end();
        const gone = "select from pg_stat_activity where application_name = 'pgrehearse sync' and datname = current_database()";
        await untilTrue('its sessions are gone', async () => (await run(gone)).rowCount === 0);
        // Each table is as it was, or as it becomes.
        const after = (await runThere(content(tables))).rows;
        for (const [at, row] of (await run(content(tables))).rows.entries()) expect([before[at], after[at]]).toContainEqual(row);
        const again = await runCli(['sync', '--yes'], options);
        expect(again.exitCode, again.stdout + again.stderr).toBe(0);
        expect((await run(content(tables))).rows).toEqual(after);
      });
    });
  });
  rmSync(folder, { recursive: true, force: true });
});
