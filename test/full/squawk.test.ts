import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askSquawk } from '../../src/check/squawk/ask-squawk.ts';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { testContext } from '../support/test-context.ts';
import { unhurried } from '../support/unhurried.ts';

const recorded = join(import.meta.dirname, '../../src/check/squawk/squawk-2.66.0');
const production = useProduction();

/** A project of a team that has squawk: it comes from npm when the test begins. */
let project = '';
beforeAll(() => {
  project = makeFolder('pgr-squawk-');
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies: { 'squawk-cli': '2.66.0' } }));
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], { cwd: project, encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`npm install: ${installed.stderr}`);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the real squawk says what the quick tests have it say', async () => {
  const up = readFileSync(`${recorded}.sql`, 'utf8');
  const args = ['--reporter', 'json', '--pg-version', '18.4', '--stdin-filepath', 'm/7.sql'];
  const { status, stdout } = spawnSync(join(project, 'node_modules/.bin/squawk'), args, { input: up, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: readFileSync(`${recorded}.txt`, 'utf8') });
  const migrations = [
    { revision: '7', file: 'm/7.sql', up, upLine: 3 },
    { revision: '8', file: 'm/8.sql', up: 'select 1', upLine: 1 },
    { revision: '9', file: 'm/9.sql', up: 'create or alter a thing', upLine: 1 },
  ];
  const answer = await askSquawk(testContext(), { folder: project, migrations, serverVersionNum: 180_004 });
  expect(answer).toMatchObject({ kind: 'answered', version: '2.66.0', unread: [{ migration: '9', why: 'it didn’t understand the syntax' }] });
  expect(answer.kind === 'answered' && answer.hints.at(-1)).toMatchObject({ rule: 'changing-column-type', line: 10, statementLine: 8 });
});

test('in a run: a second witness of what was recorded, and hints besides, none of which decides', async () => {
  const change = 'alter table public.item add column note varchar(40);\ncreate index item_name on public.item (name);\n';
  const files = { 'migrations/0002_note.sql': change, 'schema/head.sql': `${shopFiles['migrations/0001_start.sql']}${change}` };
  const settings = (squawk: string) => ({ settings: { record: { ...unhurried.record, squawk } }, files });
  await withStage(production, { database: 'shop_squawk', ...settings('note') }, async (stage) => {
    symlinkSync(join(project, 'node_modules'), join(stage.folder, 'node_modules'));
    const { exitCode, summary } = await rehearse(stage);
    expect({ exitCode, verdict: summary.verdict?.kind }).toEqual({ exitCode: 0, verdict: 'PASS' });
    const found = new Map(summary.findings.map((finding) => [finding.id, finding]));
    expect(found.get('no-lock-timeout:migration:0002_note')?.detail).toMatch(/ squawk says so as well: require-lock-timeout\.$/);
    expect(found.get('squawk:rule:prefer-text-field')).toMatchObject({ severity: 'note', place: { file: 'migrations/0002_note.sql', line: 1 } });
    expect(found.get('squawk:rule:require-concurrent-index-creation')?.detail).toBe(
      'migrations/0002_note.sql, line 2. The flight recorder looked for the same (blocking-index) and found nothing to tell of there.',
    );
  });
  await withStage(production, { database: 'shop_squawk', ...settings('off') }, async (stage) => {
    symlinkSync(join(project, 'node_modules'), join(stage.folder, 'node_modules'));
    const { summary } = await rehearse(stage);
    expect(summary.findings.filter(({ check, detail }) => check === 'squawk' || /squawk/.test(detail ?? ''))).toEqual([]);
  });
});
