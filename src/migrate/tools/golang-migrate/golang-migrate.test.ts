import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { wayDown } from '../../way-down.ts';
import { golangMigrate } from './golang-migrate.ts';
import { readGolangMigrate } from './read-golang-migrate.ts';

test('halves by number, with gaps, one-sided versions and any ending; other names are passed over', () => {
  const { migrations, problems } = readGolangMigrate(
    migrationFiles({
      '10_ten.up.sql': 'select 10',
      '0002_two.up.sql': 'select 2',
      '2_two_renamed.down.sql': 'select -2',
      '7_only_down.down.sql': 'select -7',
      '8_x.up.pgsql': 'select 8',
      '001-dash.up.sql': 'select 1',
      'seed.sql': 'select 0',
      '3_plain.sql': 'select 3',
      '99999999999999999999_huge.up.sql': '',
    }),
  );
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, up, down }) => [revision, up, down])).toEqual([
    ['0002_two', 'select 2', 'select -2'],
    ['7_only_down', '', 'select -7'],
    ['8_x', 'select 8', undefined],
    ['10_ten', 'select 10', undefined],
  ]);
  expect(migrations[0]).toMatchObject({ sentAs: 'one-query', optsOutOfTransaction: false });
  expect(migrations.map((one) => golangMigrate.ledgerValues?.(one, migrations))[0]).toEqual({ version: '2', dirty: false });
});

test('one version twice in one direction', () => {
  const { problems } = readGolangMigrate(migrationFiles({ '1_a.up.sql': '', '01_b.up.sql': '', '1_a.down.sql': '' }));
  expect(problems).toMatchObject([{ message: expect.stringMatching(/second way up of version 1 .* refuses to start/) }]);
});

test('x-multi-statement: each statement by itself', () => {
  const { migrations } = readGolangMigrate(migrationFiles({ '1_a.up.sql': '', '1_a.down.sql': '' }), { multiStatement: true });
  expect(migrations).toMatchObject([{ optsOutOfTransaction: true, downSentAs: 'statements' }]);
  expect(migrations.map(wayDown)).toMatchObject([{ file: 'db/1_a.down.sql', optsOutOfTransaction: true }]);
});

test('force is the stamp', () => {
  const { stamp, downTo, upTo } = golangMigrate.commands({ program: ['migrate', '-path', 'db'] } as never);
  expect([stamp?.('007_a'), upTo?.('007_a'), downTo?.(undefined)]).toEqual([
    ['migrate', '-path', 'db', 'force', '7'],
    ['migrate', '-path', 'db', 'goto', '7'],
    ['migrate', '-path', 'db', 'down', '-all'],
  ]);
});
