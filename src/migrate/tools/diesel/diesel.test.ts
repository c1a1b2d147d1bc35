import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { diesel } from './diesel.ts';
import { readDiesel } from './read-diesel.ts';

const read = (texts: Record<string, string>) => readDiesel(migrationFiles(texts));

test('folders by version as text, dashes taken out', () => {
  const { migrations, problems } = read({
    '9_nine/up.sql': 'select 9',
    '10_ten/up.sql': 'select 10',
    '2020-01-02-000000_posts/up.sql': 'select 2',
    '2020-01-02-000000_posts/down.sql': 'select -2',
    '00000000000000_diesel_initial_setup/up.sql': 'select 0',
    'README.sql': '',
  });
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision }) => revision)).toEqual(['00000000000000_diesel_initial_setup', '10_ten', '20200102000000_posts', '9_nine']);
  expect(migrations[2]).toMatchObject({ file: 'db/2020-01-02-000000_posts/up.sql', down: 'select -2', late: 'applied' });
  expect(migrations.map((one) => diesel.ledgerValues?.(one, migrations))).toContainEqual({ version: '20200102000000' });
});

test.each([
  [undefined, 'transaction'],
  ['run_in_transaction = true', 'transaction'],
  ['run_in_transaction = false\n[more]\nrun_in_transaction = true', 'one-query'],
  // The key’s own default is false.
  ['owner = "me"', 'one-query'],
  ['this is no TOML', 'transaction'],
])('metadata.toml: %s', (metadata, sentAs) => {
  const { migrations } = read({ '1_a/up.sql': 'select 1', ...(metadata === undefined ? {} : { '1_a/metadata.toml': metadata }) });
  expect(migrations).toMatchObject([{ sentAs, optsOutOfTransaction: false }]);
});

test.each([
  [{ '1_a/down.sql': '' }, /folder without up.sql/],
  [{ 'v1_a/up.sql': 'select 1' }, /only versions of digits/],
  [{ '2020-01-01_a/up.sql': 'select 1', '20200101_b/up.sql': 'select 2' }, /runs only one of the two/],
])('refused: %j', (texts, message) => {
  expect(read(texts).problems).toMatchObject([{ message: expect.stringMatching(message) }]);
});

test('an empty file stops Diesel, once it is its turn', async () => {
  const { migrations } = read({ '1_a/up.sql': '', '2_b/up.sql': '' });
  const refused = await diesel.refusals?.({} as never, {} as never, migrations, [{ value: '1_a', state: 'applied' }], {} as never);
  expect(refused).toMatchObject([{ code: 'tool-refuses', object: '2_b' }]);
});
