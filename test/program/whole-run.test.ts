import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { shopFiles, shopProduction } from './shop.ts';
import { useProduction } from './shop-production.ts';
import { rehearse, withStage } from './stage.ts';

const production = useProduction();

/** Names that break out of quotes, of lines, of HTML, of a terminal and of a shell, and some that are only rare. */
const names = [
  '"; drop table x; --',
  'it\'s \\ "q" ` $(touch pwned) $HOME %s $1',
  'two\nlines\r\tof it',
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  '\u009b31m8-bit\u007f',
  '<script>alert(1)</script>&amp;',
  'größe 表 🐘 \u202egnol\u202c',
  'SELECT',
  ' leading and trailing ',
  'x'.repeat(63),
];
const database = 'a "shop" for\nall & \'more\' \u001b[31m🐘';

const id = pg.escapeIdentifier;
const table = (name: string) => `create table ${id(name)}.${id(name)} (${id(name)} bigint primary key, ${id(`${name.slice(0, 40)}?`)} text);
create index on ${id(name)}.${id(name)} (${id(`${name.slice(0, 40)}?`)});
`;
const schema = names.map((name) => `create schema ${id(name)};\n${table(name)}`).join('');
const change = (name: string) => `alter table ${id(name)}.${id(name)} add column ${id(`${name.slice(0, 40)}!`)} text;
comment on table ${id(name)}.${id(name)} is ${pg.escapeLiteral(name)};
`;
const hostileFiles = {
  'migrations/0001_start.sql': `${shopFiles['migrations/0001_start.sql']}${schema}`,
  'migrations/0002_note.sql': names.map(change).join(''),
  'schema/head.sql': `${shopFiles['migrations/0001_start.sql']}${schema}${names.map(change).join('')}`,
};
const hostileProduction = `${shopProduction}
set role shop_migrator;
${schema}
reset role;
${names.map((name) => `insert into ${id(name)}.${id(name)} values (1, ${pg.escapeLiteral(name)});`).join('\n')}`;

/** Characters that would act on a terminal instead of being shown; line feeds and tabs aside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function expectHarmless(runFolder: string): void {
  const [html, markdown] = ['report.html', 'report.md'].map((file) => readFileSync(join(runFolder, file), 'utf8'));
  expect(html).not.toMatch(acting);
  expect(markdown).not.toMatch(acting);
  // In Markdown the name stands in code, where it is text.
  expect(html).not.toContain('<script>alert');
}

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
