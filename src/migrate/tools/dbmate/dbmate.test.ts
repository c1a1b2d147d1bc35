import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { dbmate } from './dbmate.ts';
import { readDbmate } from './read-dbmate.ts';

const read = (texts: Record<string, string>) => readDbmate(migrationFiles(texts));
const both = '-- migrate:up\nselect 1;\n\n-- migrate:down\nselect -1;\n';

test('by file name as text; the version is the digits', () => {
  const { migrations, problems } = read({ '9_nine.sql': both, '10_ten.sql': both, '20200101add.sql': both, 'seed.sql': '', 'sub/1_a.sql': both });
  expect(problems).toEqual([]);
  expect(migrations.map((one) => [one.revision, dbmate.ledgerValues?.(one, migrations).version])).toEqual([
    ['10_ten', '10'],
    ['20200101add', '20200101'],
    ['9_nine', '9'],
  ]);
});

test('the two ways, their lines and their transactions', () => {
  const { migrations } = read({
    '1_a.sql': '-- first\n\n-- migrate:up transaction:false\nselect 1;\n-- migrate:down\nselect -1;\n',
    '2_b.sql': '--migrate:up\nselect 2;',
  });
  expect(migrations).toMatchObject([
    { upLine: 3, up: '-- migrate:up transaction:false\nselect 1;\n', sentAs: 'one-query', downLine: 5, downSentAs: 'transaction', late: 'applied' },
    { up: '--migrate:up\nselect 2;', sentAs: 'transaction' },
  ]);
});

test.each([
  ['select 1;', /no line "-- migrate:up"/, 1],
  ['-- migrate:down\nselect 1;\n-- migrate:up\nselect 2;', /before "-- migrate:up"/, 1],
  ['create type t as enum ();\n-- migrate:up\nselect 1;', /SQL before the line/, 1],
  ['-- migrate:up\nselect 1;\n-- migrate:down\n-- migrate:up\nselect 2;', /twice/, 4],
  [' -- migrate:up\nselect 1;', /no line "-- migrate:up"/, 1],
])('refused: %j', (text, message, line) => {
  expect(read({ '1_a.sql': text }).problems).toMatchObject([{ message: expect.stringMatching(message), place: { line } }]);
});

test('one version twice', () => {
  expect(read({ '1_a.sql': both, '1_b.sql': both }).problems).toMatchObject([{ message: expect.stringContaining('fails when it records the second') }]);
  // As text they differ, and so they do for dbmate.
  expect(read({ '1_a.sql': both, '01_b.sql': both }).problems).toEqual([]);
});

test('a file without a way down stops dbmate, unless it ran before', async () => {
  const { migrations } = read({ '1_a.sql': '-- migrate:up\nselect 1;', '2_b.sql': '-- migrate:up\nselect 1;' });
  const refused = await dbmate.refusals?.({} as never, {} as never, migrations, [{ value: '1_a', state: 'applied' }], {} as never);
  expect(refused).toMatchObject([{ object: '2_b', message: expect.stringContaining('-- migrate:down') }]);
});

test('--strict refuses what is late', async () => {
  const refusals = async (strict: boolean) => {
    const { migrations } = readDbmate(migrationFiles({ '1_a.sql': both, '2_b.sql': both, '3_c.sql': both }), { strict });
    return await dbmate.refusals?.({} as never, {} as never, migrations, [{ value: '2_b', state: 'applied' }], {} as never);
  };
  expect(await refusals(true)).toMatchObject([
    { object: '1_a', message: expect.stringContaining('--strict would apply nothing: 1_a isn’t applied and is older') },
  ]);
  expect(await refusals(false)).toEqual([]);
});
