import { expect, test } from 'vitest';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, rehearse, withStage } from '../program/stage.ts';

const production = useProduction();

test('two runs at once on one home: each has its own answer', async () => {
  // The second one's repo has another head than its migration leads to.
  const files = { 'schema/head.sql': `${shopFiles['schema/head.sql']}create index item_note on public.item (note);\n` };
  await withStage(production, { database: 'shop_one' }, async (one) => {
    await withStage(production, { database: 'shop_two', files }, async (two) => {
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, ledgerLines(one.home).length);
      }, 20);
      const [first, second] = await Promise.all([rehearse(one), rehearse(two, { env: { PGREHEARSE_HOME: one.home } })]);
      clearInterval(watch);
      expect(first).toMatchObject({ exitCode: 0, summary: { verdict: { kind: 'PASS' }, source: { database: 'shop_one' } } });
      expect(second).toMatchObject({
        exitCode: 1,
        summary: { verdict: { kind: 'BLOCKER', rootCause: 'structural-parity' }, source: { database: 'shop_two' } },
      });
      expect(second.summary.findings.filter(({ severity }) => severity === 'blocker')).toMatchObject([{ object: { kind: 'index', name: 'public.item_note' } }]);
      // One run alone never has so many things at once: image, clone, baseline.
      expect(most).toBeGreaterThan(3);
    });
  });
});

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
