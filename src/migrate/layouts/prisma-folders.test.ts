import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { readPrismaFolders } from './prisma-folders.ts';

test('folder names in byte order, as Prisma sorts; equal times are fine', () => {
  const { migrations, problems } = readPrismaFolders(
    migrationFiles({
      '20250704170658_c/migration.sql': 'select 3',
      '20250604085536_a/migration.sql': 'select 1',
      '20250625_b/migration.sql': 'select 2',
      '20250604085536_a two/migration.sql': 'select 1.5',
      '20250604085536_a/down.sql': 'select -1',
      'migration_lock.toml': '',
    }),
  );
  expect(problems).toEqual([]);
  expect(migrations.map(({ revision }) => revision)).toEqual(['20250604085536_a', '20250604085536_a two', '20250625_b', '20250704170658_c']);
  expect(migrations[0]).toMatchObject({ file: 'db/20250604085536_a/migration.sql', down: 'select -1', downFile: 'db/20250604085536_a/down.sql' });
});

test('a folder without migration.sql and a loose file are refused by name', () => {
  const { problems } = readPrismaFolders(migrationFiles({ '1_a/up.sql': '', '2_b.sql': '' }));
  expect(problems.map(({ message }) => message)).toEqual(['db/2_b.sql is not in a folder of its own', 'db/1_a/up.sql is in a folder without migration.sql']);
});
