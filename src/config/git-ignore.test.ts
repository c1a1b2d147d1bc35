import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSystem } from '../edge/system/make-system.ts';
import { addToGitIgnore, checkIgnored, ignoreItself } from './git-ignore.ts';

const system = makeSystem();
let folder: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
const check = async (...paths: string[]) => {
  const checked = await checkIgnored(system, folder, paths);
  if (checked.ok) return [];
  expect(checked.failure.code).toBe('dump-not-ignored');
  return (checked.failure.problems ?? [checked.failure]).map((problem) => problem.message);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgr-git-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('outside a repository there is nothing to check', async () => {
  expect(await check('dump', '/var/tmp/elsewhere')).toEqual([]);
});

test('a folder that is not ignored is named, also before it exists', async () => {
  git('init', '-q');
  expect(await check('dump', '.pgrehearse/runs')).toEqual([
    'dump is inside a git repository and not ignored',
    '.pgrehearse/runs is inside a git repository and not ignored',
  ]);
  expect(await addToGitIgnore(folder, ['dump', '.pgrehearse/runs'])).toEqual(['/dump/', '/.pgrehearse/runs/']);
  expect(await check('dump', '.pgrehearse/runs')).toEqual([]);
});

test.each(['dump/', '/dump', 'dump/*\n!dump/.gitkeep', '*'])('%j ignores it', async (rule) => {
  git('init', '-q');
  writeFileSync(join(folder, '.gitignore'), `${rule}\n`);
  expect(await check('dump')).toEqual([]);
  mkdirSync(join(folder, 'dump'));
  expect(await check('dump')).toEqual([]);
  expect(await check(join(folder, 'dump'))).toEqual([]);
});

test('a tracked file in an ignored folder is named, a placeholder is not', async () => {
  git('init', '-q');
  mkdirSync(join(folder, 'dump'));
  for (const name of ['prod é.sql', '.gitkeep']) writeFileSync(join(folder, 'dump', name), '');
  writeFileSync(join(folder, '.gitignore'), 'dump/\n');
  git('add', '-f', 'dump');
  expect(await check('dump')).toEqual([expect.stringMatching(/^git tracks .*prod é\.sql, which lies in dump$/)]);
});

test('the repository that a folder lies in counts, not the one that asks', async () => {
  mkdirSync(join(folder, 'project'));
  mkdirSync(join(folder, 'data'));
  execFileSync('git', ['init', '-q'], { cwd: join(folder, 'data') });
  const checked = await checkIgnored(system, join(folder, 'project'), ['../data/dumps']);
  expect(checked).toMatchObject({ ok: false, failure: { code: 'dump-not-ignored' } });
});

test('lines are added once, and a last line without a break is kept whole', async () => {
  writeFileSync(join(folder, '.gitignore'), 'node_modules\ndump');
  expect(await addToGitIgnore(folder, ['dump', 'runs'])).toEqual(['/runs/']);
  expect(await addToGitIgnore(folder, ['dump', 'runs'])).toEqual([]);
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\ndump\n/runs/\n');
});

test('a folder that ignores itself needs no line elsewhere', async () => {
  git('init', '-q');
  await ignoreItself(join(folder, '.pgrehearse/demo'));
  expect(await check('.pgrehearse/demo')).toEqual([]);
  expect(git('status', '--porcelain')).toBe('');
});
