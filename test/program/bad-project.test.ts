import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shopSettings } from './shop.ts';
import { useProduction } from './shop-production.ts';
import { rehearse, type Stage, withStage } from './stage.ts';

const production = useProduction();

test('a mistyped configuration: every place, and what was meant', async () => {
  const settings = JSON.stringify(shopSettings({ source: { urlVarable: 'PRODUCTION_URL' }, migrate: { layout: 'flatt' } }), null, 2);
  await withStage(production, { settings }, async ({ cli }) => {
    const { exitCode, stdout, stderr } = await cli(['run']);
    expect(stderr).toMatch(/pgrehearse\.config\.json:3:5 {2}source\.urlVarable is not a known key\n +→ Did you mean "urlVariable"\?/);
    expect(stderr).toMatch(/pgrehearse\.config\.json:8:5 {2}migrate\.layout must be "flat", .*\n +→ Did you mean "flat"\?/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

test('nobody says what production has applied: a matter of configuration, known before anything is copied', async () => {
  await withStage(production, { settings: { migrate: { ledger: undefined } } }, async (stage) => {
    const { exitCode, text, failure } = await rehearse(stage);
    expect(text).toContain('Neither migrate.ledger nor migrate.appliedThrough is set');
    expect(text).toContain('Set migrate.ledger or migrate.appliedThrough.');
    expect(text).not.toContain('Copying');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 2, failure: { code: 'ledger-unknown' } });
  });
});

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('dumps that git would commit: folder and tracked file, each with its cure', async () => {
  await withStage(production, { files: { 'dump/old/data.sql': 'secret' } }, async (stage) => {
    git(stage.folder, 'init', '-q');
    git(stage.folder, 'add', '.');
    git(stage.folder, 'commit', '-qm', 'all');
    const { exitCode, text, failure } = await rehearse(stage);
    expect(text).toMatch(/- \S+\/dump is inside a git repository and not ignored → Add `\/dump\/` to \.gitignore, or run `pgrehearse init`/);
    expect(text).toMatch(/- git tracks \S+\/dump\/old\/data\.sql, which lies in \S+\/dump → Run `git rm --cached /);
    expect(text).not.toContain('Copying');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'dump-not-ignored' } });
    // The record of this very run must not be what gets committed.
    expect(git(stage.folder, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  });
});

test('a migration that fails half way outside of a transaction: which, what, and what stays behind', async () => {
  const files = {
    'migrations/0002_note.sql': `-- pgrehearse: no-transaction
alter table public.item add column note text;
create index concurrently item_note on public.item (note);
alter table public.item alter column note set not null;
drop table public.item;
`,
  };
  await withStage(production, { files }, async (stage) => {
    const { exitCode, text, summary, failure } = await rehearse(stage);
    expect(text).toContain('0002_note');
    expect(text).toContain('column "note" of relation "item" contains null values');
    expect(text).toContain('23502');
    expect(text).toContain('Statement: alter table public.item alter column note set not null');
    expect(text).toMatch(/add column note text.*create index concurrently item_note/);
    expect(exitCode).toBe(1);
    expect(failure).toMatchObject({ code: 'migration-failed', object: '0002_note', sql: { sqlstate: '23502' } });
    expect(summary.verdict).toMatchObject({ kind: 'BLOCKER', rootCause: 'sql-error' });
    expect(summary.migrations).toMatchObject([
      { revision: '0002_note', state: 'failed', outcome: { ranAs: 'no-transaction', leftBehind: expect.stringMatching(/item_note/) } },
    ]);
    expect(summary.migrations[0]?.statements.map(({ error }) => error?.sqlstate)).toEqual([undefined, undefined, '23502']);
  });
});

/** A whole plain dump of the shop, as pg_dump writes it. */
const dump = `--
-- PostgreSQL database dump
--

\\restrict abcdefghijklmnopqrstuvwxyz

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.item (
    id bigint NOT NULL,
    name text NOT NULL
);

COPY public.item (id, name) FROM stdin;
1\tchair
2\ttable
\\.

--
-- PostgreSQL database dump complete
--

\\unrestrict abcdefghijklmnopqrstuvwxyz

`;

async function rehearseDump(text: string, check: (told: Awaited<ReturnType<typeof rehearse>>, stage: Stage) => void) {
  await withStage(production, { files: { 'dump/prod.sql': text }, settings: { source: { dump: 'dump/prod.sql' } } }, async (stage) => {
    check(await rehearse(stage), stage);
  });
}

test('a dump that was cut off among a table’s rows', async () => {
  const cut = dump.slice(0, dump.indexOf('2\ttable'));
  await rehearseDump(cut, ({ exitCode, text, failure }) => {
    expect(text).toContain('dump/prod.sql');
    expect(text).toContain('public.item');
    expect(text).toContain('Make the dump again');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'dump-damaged' } });
  });
});

test('a dump that was cut off between two statements', async () => {
  const cut = dump.slice(0, dump.indexOf('COPY'));
  await rehearseDump(cut, ({ exitCode, text, failure }) => {
    expect(text).toContain('dump/prod.sql');
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'dump-damaged' } });
  });
});

test('a dump with a shell command in it: refused with its line, and not run', async () => {
  const line = dump.slice(0, dump.indexOf('COPY')).split('\n').length;
  await rehearseDump(dump.replace('COPY', '\\! touch pwned\nCOPY'), ({ exitCode, text, failure }, { folder }) => {
    expect(text).toContain('\\!');
    expect(text).toMatch(new RegExp(`Line ${line} of \\S+/dump/prod\\.sql`));
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'dump-refused' } });
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow('ENOENT');
  });
});
