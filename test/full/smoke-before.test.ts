import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shopFiles, shopProduction } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, type Stage, withStage } from '../program/stage.ts';

const production = useProduction();
const env = { NODE_PATH: join(import.meta.dirname, '../../node_modules') };
const start = [process.execPath, join(import.meta.dirname, '../support/application.cjs')];
const checks = [
  { kind: 'http', name: 'items', url: '/items' },
  { kind: 'http', name: 'broken', url: '/broken' },
];
const files = { ...shopFiles, '.gitignore': '/.pgrehearse/\n/dump/\n' };

function commit({ folder }: Stage, tag: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=today');
  git('tag', tag);
}

test('what is broken today blocks by itself, and leaves a doubt afterwards; today’s version is set up and started its own way', async () => {
  const before = {
    ref: 'v1',
    setup: [[process.execPath, '-e', "require('node:fs').writeFileSync('set-up', '')"]],
    start: ['sh', '-c', 'test -e set-up && exec "$0" "$1"', ...start],
  };
  const settings = { compatibility: { role: 'shop_migrator', application: { start }, before, smoke: checks } };
  await withStage(production, { database: 'smoke_before', script: shopProduction, files, settings }, async (stage) => {
    commit(stage, 'v1');
    const { exitCode, summary, text } = await rehearse(stage, { env });
    const outcomes = Object.fromEntries(summary.gates.filter(({ gate }) => gate.startsWith('smoke')).map(({ gate, outcome }) => [gate, outcome]));
    expect(outcomes, text).toEqual({
      'smoke-before:application': 'passed',
      'smoke-before:items': 'passed',
      'smoke-before:broken': 'failed',
      'smoke-old-on-new:application': 'passed',
      'smoke-old-on-new:items': 'passed',
      'smoke-old-on-new:broken': 'inconclusive',
      'smoke:application': 'passed',
      'smoke:items': 'passed',
      'smoke:broken': 'inconclusive',
    });
    expect(exitCode).toBe(1);
    expect(summary.phases.find(({ phase }) => phase === 'drift')).toMatchObject({
      outcome: 'failed',
      summary: expect.stringContaining('2 of 3 checks worked'),
    });
    expect(summary.smoke.map(({ moment, version }) => [moment, version?.ref])).toEqual([
      ['before', 'v1'],
      ['old-on-new', 'v1'],
      ['new', undefined],
    ]);
  });
});

test('a version that git doesn’t have is a doubt, and the new one is tried all the same', async () => {
  const settings = { compatibility: { role: 'shop_migrator', application: { start }, before: { ref: 'v9' }, smoke: checks.slice(0, 1) } };
  await withStage(production, { database: 'smoke_lost', script: shopProduction, files, settings }, async (stage) => {
    commit(stage, 'v1');
    const { exitCode, summary, text } = await rehearse(stage, { env });
    expect(exitCode, text).toBe(4);
    expect(summary.gates.filter(({ gate }) => gate.startsWith('smoke'))).toMatchObject([
      { gate: 'smoke-before', outcome: 'inconclusive', required: true, summary: expect.stringContaining('v9') },
      { gate: 'smoke:application', outcome: 'passed' },
      { gate: 'smoke:items', outcome: 'passed' },
    ]);
  });
});
