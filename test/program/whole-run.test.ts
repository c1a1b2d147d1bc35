import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { shopFiles, shopProduction } from './shop.ts';
import { useProduction } from './shop-production.ts';
import { ledgerLines, rehearse, withStage } from './stage.ts';

const production = useProduction();

test('names that break out of whatever they are put into, through a whole run', async () => {
  await withStage(production, { database, script: hostileProduction, files: hostileFiles, settings: { title: names.join('') } }, async (stage) => {
    const { cli, folder } = stage;
    const ended = await cli(['run'], { env: { FORCE_COLOR: undefined, NO_COLOR: '1' } });
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(ended.stdout + ended.stderr).not.toMatch(acting);
    const [, runFolder = ''] = /Evidence: (.*)\n/.exec(ended.stdout) ?? [];
    expectHarmless(join(folder, runFolder));
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow('ENOENT');
  });
});

test('the same names where each of them is a difference', async () => {
  const files = { ...hostileFiles, 'schema/head.sql': `${shopFiles['migrations/0001_start.sql']}${schema}` };
  await withStage(production, { database, script: hostileProduction, files }, async (stage) => {
    const { exitCode, summary, text, runFolder } = await rehearse(stage, { env: { FORCE_COLOR: undefined, NO_COLOR: '1' } });
    expect(exitCode).toBe(1);
    const columns = summary.findings.filter(({ object }) => object.kind === 'column').map(({ object }) => object.name);
    expect(columns).toHaveLength(names.length);
    expect(text).not.toMatch(acting);
    expectHarmless(runFolder);
  });
});

test('a migration command is told no way to production', async () => {
  const write = "require('node:fs').writeFileSync('environment.json', JSON.stringify(process.env))";
  const migrate = { tool: 'command', command: [process.execPath, '-e', write], folder: undefined, layout: undefined };
  await withStage(production, { settings: { migrate } }, async (stage) => {
    const url = production.url('shop');
    const { port, host } = production.admin;
    const toProduction = {
      DATABASE_URL: url,
      DIRECT_URL: url,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: 'postgres',
      PGPASSFILE: '/x',
    };
    const { summary, text } = await rehearse(stage, { env: toProduction });
    expect(
      summary.phases.find(({ phase }) => phase === 'migrate'),
      text,
      // It never came to the database, and so nothing is known of its locks.
    ).toMatchObject({ outcome: 'inconclusive' });
    const environment = JSON.parse(readFileSync(join(stage.folder, 'environment.json'), 'utf8')) as Record<string, string>;
    expect(environment).toMatchObject({ PGDATABASE: 'shop', PGUSER: 'shop_migrator' });
    expect(Object.entries(environment).filter(([, value]) => value.includes(String(port)))).toEqual([]);
    expect(environment).not.toHaveProperty('PGAPPNAME');
  });
});
