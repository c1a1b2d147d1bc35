import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { readNodePgMigrate, timeOfName } from './read-node-pg-migrate.ts';

const read = (texts: Readonly<Record<string, string>>) => readNodePgMigrate(migrationFiles(texts));
const revisions = (texts: Readonly<Record<string, string>>) => read(texts).migrations.map(({ revision }) => revision);

test.each([
  ['1391877300255_x', 1391877300255],
  ['20240304050607890_x', Date.UTC(2024, 2, 4, 5, 6, 7, 890)],
  ['20240304050607890-x', Date.UTC(2024, 2, 4, 5, 6, 7, 890)],
  ['0042_x', 42],
  ['name', 0],
  ['20241399999999999_x', 0],
])('the time of %s', (name, time) => {
  expect(timeOfName(name)).toBe(time);
});

test('by time; the same time by name, numbers in it as numbers', () => {
  expect(revisions({ '2_b.js': '', '10_a.sql': '', '2_a10.ts': '', '2_a9.cjs': '', 'none.js': '', '2_b.d.ts': '', 'sub/1_x.js': '' })).toEqual([
    'none',
    '2_a9',
    '2_a10',
    '2_b',
    '10_a',
  ]);
});

test('an SQL file has both ways, in either order; without marks all of it is the way up', () => {
  const [both, reverse, plain] = read({
    '1.sql': '-- Up Migration\ncreate a;\n-- Down Migration\ndrop a;',
    '2.sql': '\n-- down migration\ndrop b;\n  --- UP MIGRATION ---\ncreate b;',
    '3.sql': 'create c;',
  }).migrations;
  expect(both).toMatchObject({ up: '-- Up Migration\ncreate a;\n', upLine: 1, down: '-- Down Migration\ndrop a;', downLine: 3 });
  expect(reverse?.up).toBe('  --- UP MIGRATION ---\ncreate b;');
  expect(reverse?.down).toContain('drop b;');
  expect(plain).toMatchObject({ up: 'create c;', upLine: 1 });
  expect(plain).not.toHaveProperty('down');
});

test('a way down without a marked way up would run as part of it; two files of one name', () => {
  expect(read({ '1_a.sql': 'create a;\n-- Down Migration\ndrop a;', '2_b.js': '', '2_b.ts': '' }).problems.map(({ message }) => message)).toEqual([
    'db/1_a.sql marks its way down and not its way up: node-pg-migrate would run the way down right after the way up',
    'db/2_b.ts stands beside db/2_b.js: node-pg-migrate would run both under one name',
  ]);
});

test('Windows line ends: the cut is where node-pg-migrate makes it, before the line feed', () => {
  const [migration] = read({ '1.sql': '-- Up Migration\r\ncreate a;\r\n-- Down Migration\r\ndrop a;\r\n' }).migrations;
  expect(migration).toMatchObject({ up: '-- Up Migration\r\ncreate a;\r', down: '\n-- Down Migration\r\ndrop a;\r\n', downLine: 2 });
});
