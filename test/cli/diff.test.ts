import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

const schema = 'create table public.invoice (id int primary key, total numeric not null); create index invoice_total on public.invoice (total)';
const altered = `${schema}; drop index public.invoice_total; alter table public.invoice add column note text`;
const url = ({ host, port, user, database }: { host: string; port: number; user: string; database: string }) =>
  `postgres://${user}@${host}:${port}/${database}`;

test('0 for the same, 1 for different with every difference named, 2 for what could not be compared', async () => {
  await withContext(async ({ root }) => {
    await withFolder({}, async (cwd) => {
      await withDatabase(18, schema, (left) =>
        withDatabase(18, altered, async (right) => {
          const env = { PGREHEARSE_HOME: root };
          const same = await runCli(['diff', url(left), url(left)], { cwd, env });
          expect(same).toMatchObject({ exitCode: 0 });

          const different = await runCli(['diff', left.database, right.database, '--host', left.host, '--port', String(left.port), '--user', left.user], {
            cwd,
            env,
          });
          expect(different.stdout).toContain('invoice_total');
          expect(different.stdout).toContain('note');
          expect(different.exitCode).toBe(1);
          expect(readFileSync(join(cwd, '.pgrehearse/diff/a.txt'), 'utf8')).toContain('invoice_total');

          const asJson = await runCli(['diff', url(left), url(right), '--json', '--out', 'sides'], { cwd, env });
          expect(asJson).toMatchObject({ exitCode: 1, stderr: '' });
          expect(JSON.parse(asJson.stdout)).toMatchObject({ exitCode: 1, artifacts: [join(cwd, 'sides/a.txt'), join(cwd, 'sides/b.txt')] });

          const missing = await runCli(['diff', url(left), url({ ...left, database: 'no_such_database' })], { cwd, env });
          expect(missing.stderr).toContain('no_such_database');
          expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
        }),
      );
      expect(existsSync(join(cwd, 'sides'))).toBe(true);
    });
  });
});
