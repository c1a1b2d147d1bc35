import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { readUpDown } from './up-down.ts';

test('pairs, with a way down where there is one', () => {
  const { migrations, problems } = readUpDown(
    migrationFiles({
      '10_b.up.sql': 'select 10',
      '10_b.down.sql': '',
      '9_a.up.sql': '-- no-transaction\ncreate index concurrently i on t (a)',
      '11_c.sql.up.sql': 'select 11',
    }),
  );
  expect(problems).toEqual([]);
  expect(migrations).toMatchObject([
    { revision: '9_a', file: 'db/9_a.up.sql', optsOutOfTransaction: true },
    { revision: '10_b', up: 'select 10', down: '', downFile: 'db/10_b.down.sql', optsOutOfTransaction: false },
    { revision: '11_c.sql' },
  ]);
  expect(migrations[0]?.down).toBeUndefined();
});

test('a way down alone, a plain file and a version twice are refused by name', () => {
  const { problems } = readUpDown(migrationFiles({ '1_a.down.sql': '', '2_b.sql': '', '3_c.up.sql': '', '03_d.up.sql': '', 'x.up.sql': '' }));
  expect(problems.map(({ message }) => message)).toEqual([
    'db/2_b.sql ends neither in .up.sql nor in .down.sql',
    'db/x.up.sql does not start with a number, so its place in the order is unknown',
    'db/1_a.down.sql has no 1_a.up.sql beside it',
    'version 03 is there twice: db/3_c.up.sql and db/03_d.up.sql',
  ]);
});

test('river’s mark is read as nothing, in string constants too', () => {
  const { migrations } = readUpDown(migrationFiles({ '1_a.up.sql': "select to_regclass('/* TEMPLATE: schema */t') /* kept */" }));
  expect(migrations[0]?.up).toBe("select to_regclass('t') /* kept */");
});
