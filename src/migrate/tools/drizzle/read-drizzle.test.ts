import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { drizzle } from './drizzle.ts';
import { readDrizzle } from './read-drizzle.ts';

const entry = (tag: unknown, when: unknown) => ({ idx: 0, version: '7', when, tag, breakpoints: true });
const journal = (...entries: readonly unknown[]) => JSON.stringify({ version: '7', dialect: 'postgresql', entries });
const said = (texts: Readonly<Record<string, string>>) => readDrizzle(migrationFiles(texts)).problems.map(({ message }) => message);

test('the journal’s order, whatever the files are called', () => {
  const { migrations, problems } = readDrizzle(
    migrationFiles({
      'meta/_journal.json': journal(entry('0001_b', 5), entry('0000_a', 7)),
      '0000_a.sql': 'select 1',
      '0001_b.sql': 'select 2',
      'meta/0000_snapshot.json': '{',
    }),
  );
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    { revision: '0001_b', file: 'db/0001_b.sql', timestampMs: 5, sentAs: 'transaction' },
    { revision: '0000_a', timestampMs: 7 },
  ]);
});

test.each<[string, string, string]>([
  ['a merge conflict', '{"entries": [\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n]}', 'db/meta/_journal.json holds the marks of a merge conflict'],
  ['half a file', '{"entries": [', 'db/meta/_journal.json is not JSON: '],
  ['another shape', '[]', 'db/meta/_journal.json has no list "entries"'],
  ['null', 'null', 'db/meta/_journal.json has no list "entries"'],
  ['no tag', journal(null), 'db/meta/_journal.json has no tag in entry 1'],
  ['a tag of another type', journal(entry(3, 1)), 'db/meta/_journal.json has no tag in entry 1'],
  ['no time', journal(entry('a', '1')), 'db/meta/_journal.json has no time in "when" of a'],
  ['a time beyond numbers', journal(entry('a', 1e300)), 'db/meta/_journal.json has no time in "when" of a'],
  ['one tag twice', journal(entry('a', 1), entry('a', 2)), 'db/meta/_journal.json names a twice'],
  [
    'a way out of the folder',
    journal(entry('../../etc/passwd', 1), entry('a', 2)),
    'db/meta/_journal.json names ../../etc/passwd, and there is no ../../etc/passwd.sql',
  ],
])('a broken journal: %s', (_, text, message) => {
  expect(said({ 'meta/_journal.json': text, 'a.sql': 'select 1' })).toEqual([expect.stringContaining(message)]);
});

test('a file that would never run, and bytes that the server would not take', () => {
  expect(said({ 'meta/_journal.json': journal(entry('a', 1)), 'a.sql': '', 'b.sql': '' })).toEqual([
    'db/b.sql is not in db/meta/_journal.json, so drizzle would never run it',
  ]);
  const [file] = migrationFiles({ 'a.sql': '\uFEFFselect 1' });
  if (file === undefined) return expect.unreachable();
  const marked = [...migrationFiles({ 'meta/_journal.json': journal(entry('a', 1)) }), { ...file, text: 'select 1' }];
  expect(readDrizzle(marked).problems.map(({ message }) => message)).toEqual([
    'db/a.sql begins with a byte order mark, which drizzle would send to the server',
  ]);
});

test('the folders of drizzle 1.0: by name; beside a journal they are a trap', () => {
  const folders = { '20240305000000_b/migration.sql': 'b', '20240304050607_a/migration.sql': 'a', '20240304050607_a/snapshot.json': '{}' };
  const { migrations, problems } = readDrizzle(migrationFiles(folders));
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, timestampMs }) => [revision, timestampMs])).toEqual([
    ['20240304050607_a', Date.UTC(2024, 2, 4, 5, 6, 7)],
    ['20240305000000_b', Date.UTC(2024, 2, 5)],
  ]);
  expect(drizzle.skips?.(migrations, new Set(['20240305000000_b']))).toEqual([]);
  expect(said({ ...folders, 'meta/_journal.json': journal() })).toHaveLength(2);
  expect(said({ 'first/migration.sql': '' })).toEqual([expect.stringContaining('db/first/migration.sql is in a folder that doesn’t begin with a time')]);
});

test('what is not later than the newest that is applied is passed over, equal times too', () => {
  const texts = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.sql`, name]));
  const { migrations } = readDrizzle(migrationFiles({ ...texts, 'meta/_journal.json': journal(entry('a', 1), entry('b', 3), entry('c', 3), entry('d', 4)) }));
  expect(drizzle.skips?.(migrations, new Set(['a', 'b']))).toEqual(['c']);
  expect(drizzle.skips?.(migrations, new Set())).toEqual([]);
});

test('thousands of migrations', () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `${at}_x`);
  const texts = Object.fromEntries(names.map((name) => [`${name}.sql`, '']));
  const { migrations, problems } = readDrizzle(migrationFiles({ ...texts, 'meta/_journal.json': journal(...names.map((name, at) => entry(name, at))) }));
  expect([migrations.length, problems.length]).toEqual([5_000, 0]);
});
