import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { idOf, readMigratus } from './read-migratus.ts';

const said = (texts: Readonly<Record<string, string>>) => readMigratus(migrationFiles(texts)).problems.map(({ message }) => message);

test('SQL in pairs and code, by id as a number; init.sql is none', () => {
  const { migrations, problems } = readMigratus(
    migrationFiles({
      '20240304050607-add-email.up.sql': '-- :disable-transaction\nselect 1\n--;;\nselect 2',
      '20240304050607-add-email.down.sql': 'select -1',
      '0009-first.up.sql': 'select 9',
      '10-import.edn': '{:ns app.import :up-fn migrate-up :transaction? false}',
      'init.sql': 'create schema x',
      'notes.md': '',
    }),
  );
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    { revision: '0009-first', sentAs: 'transaction', optsOutOfTransaction: false },
    { revision: '10-import', language: 'code', optsOutOfTransaction: true },
    { revision: '20240304050607-add-email', down: 'select -1', downFile: 'db/20240304050607-add-email.down.sql', optsOutOfTransaction: true },
  ]);
  expect(idOf('0009-first')).toBe('9');
});

test.each<[string, Record<string, string>, string]>([
  ['one id, two names', { '1-a.up.sql': '', '1-b.up.sql': '' }, 'db/1-b.up.sql has the id of db/1-a.up.sql: migratus refuses both'],
  ['two kinds', { '1-a.up.sql': '', '1-a.edn': '' }, 'db/1-a.edn stands beside db/1-a.up.sql: migratus refuses a migration of two kinds'],
  ['only a way down', { '1-a.down.sql': '' }, 'db/1-a.down.sql has no way up beside it'],
  ['a name that is left out', { '1_a.up.sql': '' }, 'db/1_a.up.sql is not named as migratus wants it, so it would be left out'],
  ['neither up nor down', { '1-a.sql': '' }, 'db/1-a.sql is not named as migratus wants it'],
  ['an id beyond bigint', { '99999999999999999999-a.up.sql': '' }, 'db/99999999999999999999-a.up.sql has an id that is too large'],
])('a problem: %s', (_, texts, message) => {
  expect(said(texts)).toEqual([expect.stringContaining(message)]);
});
