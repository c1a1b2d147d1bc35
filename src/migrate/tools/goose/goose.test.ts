import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { readGoose } from './read-goose.ts';

const ways = { byTool: false, allowMissing: false };
const read = (texts: Record<string, string>, given: Partial<typeof ways> = {}) => readGoose(migrationFiles(texts), { ...ways, ...given });
const up = '-- +goose Up\nselect 1;\n';

test('SQL and Go in one order of numbers; what goose doesn’t count as a migration is left out', () => {
  const { migrations, problems } = read({
    '10_ten.sql': up,
    '9_nine.go': 'package migrations',
    '20240101120000_time.sql': up,
    '00001_one.sql': up,
    '0_zero.sql': up,
    'helpers.go': 'package migrations',
    '7_seven_test.go': 'package migrations',
    '001.sql': up,
    'x_y.sql': up,
    'sub/2_two.sql': up,
  });
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, language, late }) => [revision, language, late])).toEqual([
    ['00001_one', undefined, 'refused'],
    ['9_nine', 'code', 'refused'],
    ['10_ten', undefined, 'refused'],
    ['20240101120000_time', undefined, 'refused'],
  ]);
  expect(read({ '1_a.sql': up }, { allowMissing: true }).migrations[0]?.late).toBe('applied');
});

test('one version twice, also in Go, is refused as goose does', () => {
  expect(read({ '1_a.sql': up, '01_b.go': 'package m' }).problems).toMatchObject([{ message: expect.stringContaining('goose refuses to run') }]);
});

test('a transaction always, or never', () => {
  const { migrations } = read({
    '1_a.sql': up,
    '2_b.sql': '-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently i on t (a);\n-- +goose Down\ndrop index i;\n',
  });
  expect(migrations).toMatchObject([
    { sentAs: 'transaction', optsOutOfTransaction: false },
    { optsOutOfTransaction: true, down: expect.stringContaining('drop index i;') },
  ]);
  expect(migrations[1]?.sentAs).toBeUndefined();
});

test.each([
  [
    'a function without StatementBegin',
    '-- +goose Up\nselect 1;\ncreate function f() returns void language plpgsql as $$\nbegin\n  perform 1;\nend $$;\n',
    3,
    /cuts at a semicolon/,
  ],
  ['begin atomic without StatementBegin', '-- +goose Up\ncreate function f() returns int begin atomic\n  select 1;\nend;\n', 2, /cuts at a semicolon/],
  ['a string that holds a line with a semicolon', "-- +goose Up\ninsert into t values ('a;\nb');\n", 2, /cuts at a semicolon/],
  ['no semicolon at the end', '-- +goose Up\nselect 1\n', 2, /ends without a semicolon/],
  ['no semicolon at the end of the way down', `${up}-- +goose Down\nselect 2\n`, 4, /ends without a semicolon/],
  ['a mark with a blank before it', `${up} -- +goose Down\ndrop table t;\n`, 3, /blanks before it/],
  ['variables', '-- +goose Up\n-- +goose ENVSUB ON\nselect 1;\n', 2, /envsub on/],
])('what goose would not get through: %s', (_, text, line, message) => {
  expect(read({ '1_a.sql': text }).problems).toMatchObject([{ message: expect.stringMatching(message), place: { file: 'db/1_a.sql', line } }]);
  // goose itself knows what to do with it, or says so.
  expect(read({ '1_a.sql': text }, { byTool: true }).problems).toEqual([]);
});

test('what goose gets through', () => {
  const text = `-- +goose Up
-- A comment; with a semicolon
select 1; select 2; -- two in one line
select 1, -- no end;
  2;

-- +goose StatementBegin
create function f() returns void language plpgsql as $$
begin
  perform 1;
end $$;
-- +goose StatementEnd
insert into t values ('a;b');
/* a remark */ select
  3;
-- +goose Down
-- nothing
`;
  const { migrations, problems } = read({ '1_a.sql': text });
  expect(problems).toEqual([]);
  expect(migrations[0]).toMatchObject({ upLine: 2, downLine: 17 });
});
