import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
          expect(JSON.parse(asJson.stdout)).toMatchObject({
            exitCode: 1,
            artifacts: ['a.txt', 'b.txt', 'make-b-like-a.sql'].map((name) => join(cwd, 'sides', name)),
          });

          const missing = await runCli(['diff', url(left), url({ ...left, database: 'no_such_database' })], { cwd, env });
          expect(missing.stderr).toContain('no_such_database');
          expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
        }),
      );
      expect(existsSync(join(cwd, 'sides'))).toBe(true);
    });
  });
});

test('a mistyped clone is told as one, with what the word would be as a database', async () => {
  await withContext(async ({ root }) => {
    await withFolder({}, async (cwd) => {
      const { exitCode, stderr } = await runCli(['diff', 'shpo', 'fresh'], { cwd, env: { PGREHEARSE_HOME: root, PGHOST: cwd } });
      expect(stderr).toContain('there is no clone named shpo, and as a database it can’t be reached: there is no server at socket');
      expect(stderr).toContain('→ There is no kept clone on this machine.');
      expect(stderr).toContain('(clone-not-found:');
      expect(exitCode).toBe(2);
    });
  });
});

test('every form from one comparison; options choose what is told, and a stranger’s folder gets only what is said', { timeout: 240_000 }, async () => {
  await withContext(async ({ root }) => {
    await withFolder({}, async (cwd) => {
      await withDatabase(18, schema, (left) =>
        withDatabase(18, altered, async (right) => {
          const diff = (...more: readonly string[]) => runCli(['diff', url(left), url(right), ...more], { cwd, env: { PGREHEARSE_HOME: root } });

          const text = await diff();
          expect(text.stdout).toContain('index public.invoice_total');
          expect(text.stdout).toContain('→ CREATE INDEX invoice_total ON public.invoice USING btree (total);');
          expect(text.stdout).toContain('DIFFERENT  2 differences in');
          expect(text.stdout).not.toContain('\u001b');
          expect(text.stderr).toContain('make-b-like-a.sql');
          expect(readFileSync(join(cwd, '.pgrehearse/diff/make-b-like-a.sql'), 'utf8')).toContain('-- This loses the values of column public.invoice.note.');

          const page = await diff('--format', 'html', '--output', 'diff.html');
          expect(page).toMatchObject({ exitCode: 1, stdout: '' });
          expect(readFileSync(join(cwd, 'diff.html'), 'utf8')).toContain('<h1>Different schemas</h1>');

          const markdown = await diff('--format', 'markdown', '--change', 'a');
          expect(markdown.stdout).toContain('SQL that would make A like B');

          const security = await diff('--only-class', 'security,comment', '--format', 'json');
          expect(security.exitCode).toBe(0);
          expect(JSON.parse(security.stdout)).toMatchObject({ outcome: 'same', hidden: { classes: ['security', 'comment'], differences: 2 } });

          const excluded = await diff('--exclude', 'public.invoice, public.other');
          expect(excluded.exitCode).toBe(0);
          expect(excluded.stdout).toContain('Left out      public.invoice, public.other');

          expect(await diff('--only-class', 'beauty')).toMatchObject({ exitCode: 2, stdout: '' });
          expect(readdirSync(cwd).toSorted()).toEqual(['.pgrehearse', 'diff.html']);
        }),
      );
    });
  });
});

test('waivers: used, at fault, malformed', { timeout: 240_000 }, async () => {
  const waiver = (object: string, expires: string, property = 'existence') => ({ object, property, reason: 'goes with the next release', expires });
  const waivers = (...all: readonly object[]) => JSON.stringify({ waivers: all });
  const files = {
    'pgrehearse.waivers.json': waivers(waiver('public.invoice_total', '9999-12-31'), waiver('public.invoice.n*', '9999-12-31')),
    'stale.json': waivers(waiver('public.invoice_total', '2020-01-01'), waiver('public.invoice.note', '9999-12-31'), waiver('public.gone', '9999-12-31')),
    'broken.json': waivers({ object: 'public.invoice', expires: 'soon' }),
  };
  await withContext(async ({ root }) => {
    await withFolder(files, async (cwd) => {
      await withDatabase(18, schema, (left) =>
        withDatabase(18, altered, async (right) => {
          const diff = (...more: readonly string[]) => runCli(['diff', url(left), url(right), ...more], { cwd, env: { PGREHEARSE_HOME: root } });

          const used = await diff();
          expect(used.stdout).toContain('waived until 9999-12-31: goes with the next release');
          expect(used.stdout).toContain('2 differences waived until 9999-12-31');
          expect(used.exitCode).toBe(0);

          const stale = await diff('--waivers', 'stale.json', '--json');
          expect(stale.exitCode).toBe(1);
          expect(JSON.parse(stale.stdout)).toMatchObject({
            outcome: 'different',
            waivers: [
              { object: 'public.invoice_total', state: 'expired', matched: 1 },
              { object: 'public.invoice.note', state: 'used', matched: 1 },
              { object: 'public.gone', state: 'unmatched', matched: 0 },
            ],
          });

          const broken = await diff('--waivers', 'broken.json');
          expect(broken).toMatchObject({ exitCode: 2, stdout: '' });
          for (const part of ['waivers[0].property is missing', 'waivers[0].reason is missing', 'waivers[0].expires must be a day'])
            expect(broken.stderr).toContain(part);
          expect(await diff('--waivers', 'nowhere.json')).toMatchObject({ exitCode: 2 });
        }),
      );
    });
  });
});
