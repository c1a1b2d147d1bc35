import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { readFlat } from './flat.ts';

test('number order, other files left alone, empty files kept', () => {
  const { migrations, problems } = readFlat(
    migrationFiles({ '10_c.sql': 'select 1', '9_b.sql': '', '2_a.sql': 'select 2', 'README.md': '', 'old/1_x.sql': '' }),
  );
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, up, upLine, file }) => ({ revision, up, upLine, file }))).toEqual([
    { revision: '2_a', up: 'select 2', upLine: 1, file: 'db/2_a.sql' },
    { revision: '9_b', up: '', upLine: 1, file: 'db/9_b.sql' },
    { revision: '10_c', up: 'select 1', upLine: 1, file: 'db/10_c.sql' },
  ]);
  expect(migrations[0]?.down).toBeUndefined();
});

test('the mark for no transaction stands among the first comments', () => {
  const { migrations } = readFlat(
    migrationFiles({
      '1_a.sql': '-- why\n\n-- pgrehearse: no-transaction\ncreate index concurrently i on t (a)',
      '2_b.sql': 'select 1;\n-- pgrehearse: no-transaction\n',
      '3_c.sql': '-- pgrehearse: no-transactions\n',
    }),
  );
  expect(migrations.map((migration) => migration.optsOutOfTransaction)).toEqual([true, false, false]);
});

test('every problem at once, by name', () => {
  const { problems } = readFlat(
    migrationFiles({
      '1_a.sql': '',
      '001_b.sql': '',
      'schema.sql': '',
      '2_x.down.sql': '',
      '3_goose.sql': '-- +goose Up\ncreate table t ();\n-- +goose Down\ndrop table t;',
      '4_dbmate.sql': '-- migrate:up\n',
    }),
  );
  expect(problems.map(({ code, object, message }) => [code, object, message])).toEqual([
    ['migration-format', 'db/schema.sql', 'db/schema.sql does not start with a number, so its place in the order is unknown'],
    ['migration-format', 'db/2_x.down.sql', 'db/2_x.down.sql is one half of a pair, and the layout is flat'],
    ['migration-format', 'db/3_goose.sql', 'db/3_goose.sql has the marks of goose: as plain SQL its way down would run after its way up'],
    ['migration-format', 'db/4_dbmate.sql', 'db/4_dbmate.sql has the marks of dbmate: as plain SQL its way down would run after its way up'],
    ['migration-format', 'db/001_b.sql', 'version 001 is there twice: db/1_a.sql and db/001_b.sql'],
  ]);
});
