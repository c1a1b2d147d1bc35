import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { readGoose } from './goose.ts';

const file = `-- what and why
-- +goose NO TRANSACTION
-- +goose Up
create table t (a int);
-- +goose StatementBegin
create function f() returns int language sql as $$ select 1; $$;
-- +goose StatementEnd

-- +goose Down
drop table t;
`;

test('up and down, marks taken out, lines as in the file', () => {
  const { migrations, problems } = readGoose(migrationFiles({ '002_b.sql': file, '001_a.sql': '-- +goose Up\r\nselect 1;\r\n', 'embed.go': 'package db' }));
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision, optsOutOfTransaction }) => [revision, optsOutOfTransaction])).toEqual([
    ['001_a', false],
    ['002_b', true],
  ]);
  const migration = migrations[1] ?? expect.unreachable();
  expect(migration.up).toBe('create table t (a int);\n\ncreate function f() returns int language sql as $$ select 1; $$;\n\n');
  expect(migration.down).toBe('drop table t;\n');
  expect(file.split('\n')[migration.upLine - 1]).toBe('create table t (a int);');
  expect(migrations[0]?.down).toBeUndefined();
});

test.each([
  ['select 1;', 'db/1_x.sql has SQL before the mark "-- +goose Up"', 1],
  ['-- nothing', 'db/1_x.sql has no mark "-- +goose Up"', 1],
  ['-- +goose Down\n-- +goose Up', 'db/1_x.sql has the mark "-- +goose Down" before "-- +goose Up"', 2],
  ['-- +goose Up\n-- +goose Up', 'db/1_x.sql has the mark "-- +goose Up" twice', 2],
  ['-- +goose Up\n-- +goose StatementBegin\nselect 1;\n-- +goose Down', 'db/1_x.sql has a StatementBegin without StatementEnd', 2],
  ['-- +goose Up\n-- +goose StatementEnd', 'db/1_x.sql has a StatementEnd without StatementBegin', 2],
  ['-- +goose ENVSUB ON\n-- +goose Up', 'db/1_x.sql has the mark "-- +goose envsub on", which is not supported', 1],
])('refused: %j', (text, message, line) => {
  const { problems } = readGoose(migrationFiles({ '1_x.sql': text }));
  expect(problems).toMatchObject([{ code: 'migration-format', message, place: { file: 'db/1_x.sql', line } }]);
});

test('a migration in Go is refused by name', () => {
  const { problems } = readGoose(migrationFiles({ '00002_fill.go': 'package db', '00002_fill_test.go': '' }));
  expect(problems.map(({ message }) => message)).toEqual(['db/00002_fill.go is a migration written in Go']);
});
