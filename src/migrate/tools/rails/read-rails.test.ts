import { expect, test } from 'vitest';
import { migrationFiles } from '../../../../test/support/migration-files.ts';
import { readRails, squashedInto, versionOf } from './read-rails.ts';

const read = (...names: readonly string[]) => readRails(migrationFiles(Object.fromEntries(names.map((name) => [name, '# frozen_string_literal: true']))));

test('by version as a number, at any depth; what is no migration is left out', () => {
  const { migrations, problems } = read(
    '20240304050607_add_email.rb',
    '007_first.rb',
    '2023/20230101000000_old.blog.rb',
    '10_second.rb',
    'concern.rb',
    'x.txt',
  );
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision }) => revision)).toEqual(['007_first', '10_second', '20230101000000_old.blog', '20240304050607_add_email']);
  expect(migrations[0]).toMatchObject({ language: 'code', late: 'applied', optsOutOfTransaction: false });
  expect(versionOf('007_first')).toBe('7');
});

test('disable_ddl_transaction!', () => {
  const text = 'class AddIndex < ActiveRecord::Migration[7.1]\r\n  disable_ddl_transaction!\r\nend';
  expect(readRails(migrationFiles({ '1_add_index.rb': text })).migrations[0]?.optsOutOfTransaction).toBe(true);
});

test.each<[readonly string[], string]>([
  [['1_a.rb', '01_b.rb'], 'has the version of'],
  [['1_add_email.rb', '2_add_email.rb'], 'has the class name of'],
  [['1_AddEmail.rb'], 'has a name that Rails refuses'],
  [['1_a-b.rb'], 'has a name that Rails refuses'],
])('what Rails refuses: %j', (names, message) => {
  expect(read(...names).problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
});

test('versions whose files were deleted stay known by structure.sql, as every version of Rails writes it', () => {
  const { migrations } = read('100_kept.rb', '200_kept_too.rb');
  const versions = (text: string) =>
    migrationFiles({ 'structure.sql': text }).flatMap((file) => squashedInto(file, migrations).map(({ revision }) => revision));
  const list = `create table x ();\nSET search_path TO "$user", public;\n\nINSERT INTO "schema_migrations" (version) VALUES\n('200'),\n('150'),\n('100'),\n('20'),\n('007');\n\n\n`;
  expect(versions(list)).toEqual(['7', '20']);
  expect(versions(`INSERT INTO schema_migrations (version) VALUES ('1');\n\nINSERT INTO schema_migrations (version) VALUES ('2');`)).toEqual(['1', '2']);
  expect(versions('insert into other (version) values (1)')).toEqual([]);
});
