import { expect, test } from 'vitest';
import { migrationFiles } from '../../test/support/migration-files.ts';
import { readGoose } from './layouts/goose.ts';
import { readUpDown } from './layouts/up-down.ts';
import { splitMigration } from './split-migration.ts';
import { wayDown } from './way-down.ts';

test('goose: the lines are those of the file, and the file’s mark is for both ways', () => {
  const text =
    '-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently i on t (a);\n\n-- +goose Down\n-- it goes again\ndrop index concurrently i;\n';
  const [migration] = readGoose(migrationFiles({ '1_i.sql': text })).migrations;
  const down = migration === undefined ? undefined : wayDown(migration);
  expect(down).toMatchObject({ revision: '1_i', file: 'db/1_i.sql', optsOutOfTransaction: true });
  expect(down === undefined ? [] : splitMigration(down).statements).toMatchObject([{ text: expect.stringContaining('drop index concurrently i'), line: 7 }]);
});

test('pairs: each file has marks of its own; one without a way down has none, and comments are no statement', () => {
  const files = {
    '1_a.up.sql': '-- no-transaction\nselect 1',
    '1_a.down.sql': '-- nothing\n',
    '2_b.up.sql': 'select 2',
    '3_c.up.sql': 'select 3',
    '3_c.down.sql': '-- pgrehearse: no-transaction\nselect 4',
  };
  const downs = readUpDown(migrationFiles(files)).migrations.map(wayDown);
  expect(downs.map((down) => down && [down.file, down.optsOutOfTransaction, splitMigration(down).statements.length])).toEqual([
    ['db/1_a.down.sql', false, 0],
    undefined,
    ['db/3_c.down.sql', true, 1],
  ]);
});
