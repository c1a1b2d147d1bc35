import { expect, test } from 'vitest';
import { hashFormat, type TableHash } from '../../core/data.ts';
import { usableHashes } from './usable-hashes.ts';

test('hashes of a dump count only if they were made as they are now', () => {
  const hashes: readonly TableHash[] = [{ schema: 'public', table: 'a', rows: 1, rowHash: '1', columns: [] }];
  expect(usableHashes({ hashes, hashFormat })).toBe(hashes);
  expect(usableHashes({ hashes })).toBeUndefined();
  expect(usableHashes({ hashes, hashFormat: hashFormat - 1 })).toBeUndefined();
  expect(usableHashes({ hashFormat })).toBeUndefined();
});
