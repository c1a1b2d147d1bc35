import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { readKnex } from './read-knex.ts';

const files = (...names: readonly string[]) => migrationFiles(Object.fromEntries(names.map((name) => [name, name])));
const revisions = (reading: ReturnType<typeof readKnex>) => reading.migrations.map(({ revision }) => revision);

test('by file name as text, over all folders or one after the other; what Knex would not load is left out', () => {
  const folders = [files('9_a.js', '10_b.ts', 'x.mjs', 'x.map', 'sub/1_c.js'), files('11_d.js')];
  expect(revisions(readKnex({ folders }))).toEqual(['10_b.ts', '11_d.js', '9_a.js']);
  expect(revisions(readKnex({ folders, separately: true }))).toEqual(['10_b.ts', '9_a.js', '11_d.js']);
  expect(revisions(readKnex({ folders, extensions: ['.mjs'] }))).toEqual(['x.mjs']);
  expect(readKnex({ folders }).migrations[0]).toMatchObject({ language: 'code', late: 'applied', up: '10_b.ts' });
});

test('capitals come before small letters, and odd names are names', () => {
  const odd = ['a b.js', 'A.js', '\u{1F418}.js', '-rf.js', "';drop.js", 'é.js', '__proto__.js'];
  expect(revisions(readKnex({ folders: [files(...odd)] }))).toEqual(["';drop.js", '-rf.js', 'A.js', '__proto__.js', 'a b.js', 'é.js', '\u{1F418}.js']);
});

test.each<[string, readonly (readonly string[])[], string]>([
  ['types', [['1_a.d.ts']], 'db/1_a.d.ts declares types only, and Knex would take it for a migration'],
  ['one name in two folders', [['1_a.js'], ['1_a.js']], 'db/1_a.js has the name of db/1_a.js: Knex records the name alone'],
  ['source beside compiled', [['1_a.js', '1_a.ts']], 'db/1_a.ts stands beside db/1_a.js: Knex would run both'],
])('a problem: %s', (_, folders, message) => {
  expect(readKnex({ folders: folders.map((names) => files(...names)) }).problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
});
