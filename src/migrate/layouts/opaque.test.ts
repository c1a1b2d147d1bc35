import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { readOpaque } from './opaque.ts';

test('names, hashes and an order, whatever is inside', () => {
  const { migrations } = readOpaque(migrationFiles({ '10_b.ts': 'x', '9_a.py': 'y', '1_p/migration.sql': 'z', 'env.py': '', '9_a.down.sql': '' }));
  expect(migrations.map(({ revision, file }) => [revision, file])).toEqual([
    ['1_p', 'db/1_p/migration.sql'],
    ['9_a', 'db/9_a.py'],
    ['10_b', 'db/10_b.ts'],
  ]);
});
