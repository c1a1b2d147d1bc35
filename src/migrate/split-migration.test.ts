import { expect, test } from 'vitest';
import { splitMigration } from './split-migration.ts';

test('statements with the lines of the file', () => {
  const { statements, problems } = splitMigration({ file: 'db/1.sql', up: "select ';';\n\n-- x\ncreate table t (\n a int);", upLine: 3 });
  expect(problems).toEqual([]);
  expect(statements).toEqual([
    { text: "select ';'", line: 3 },
    { text: 'create table t (\n a int)', line: 6 },
  ]);
});

test('a file of comments and white space has no statement', () => {
  expect(splitMigration({ file: 'db/1.sql', up: '-- nothing\n/* at all */;\n', upLine: 1 })).toEqual({ statements: [], problems: [] });
});

test('a byte order mark is sent, as the tool sends it: the server stops at it', () => {
  const texts = (up: string) => splitMigration({ file: 'f', up, upLine: 1 }).statements.map(({ text, line }) => [text, line]);
  expect(texts('\uFEFFselect 1; select 2')).toEqual([
    ['\uFEFFselect 1', 1],
    ['select 2', 1],
  ]);
  // As where two files were put together.
  expect(texts('-- one \uFEFF\nselect 1;\n\uFEFF-- two\nselect 2;')).toEqual([
    ['select 1', 2],
    ['\uFEFFselect 2', 4],
  ]);
  expect(texts('\uFEFF-- nothing')).toEqual([['\uFEFF', 1]]);
  expect(texts('select 1;\n\n\uFEFF')).toEqual([
    ['select 1', 1],
    ['\uFEFF', 3],
  ]);
});

test.each([
  ['select 1;\n\\i other.sql\nselect 2;', 'db/1.sql, line 2: \\i is a command of psql, which no server understands', 2],
  ['copy t (a) from stdin;\n1\n\\.\n', 'db/1.sql, line 1: COPY … FROM stdin reads rows that only psql can send', 1],
  ["select 'open;\nselect 2;", 'db/1.sql, line 1: a string begins in this statement and never ends', 1],
])('refused: %j', (up, message, line) => {
  expect(splitMigration({ file: 'db/1.sql', up, upLine: 1 }).problems).toMatchObject([{ code: 'migration-format', message, place: { line } }]);
});

test('a COPY from a file or to stdout is left to the server', () => {
  expect(splitMigration({ file: 'f', up: "copy t from '/x'; copy t to stdout", upLine: 1 }).problems).toEqual([]);
});
