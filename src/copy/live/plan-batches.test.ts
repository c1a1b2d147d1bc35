import { expect, test } from 'vitest';
import { planBatches } from './plan-batches.ts';
import type { CopyTable } from './table-list.ts';

const table = (name: string, sizeBytes: number, isEmpty = false): CopyTable => ({
  schema: 'public',
  name,
  columns: ['a'],
  estimatedRows: 0,
  sizeBytes,
  unlogged: false,
  pages: 1,
  isEmpty,
  fitsBinary: true,
  extensionCondition: null,
  loadThrough: null,
  masks: {},
});
const plan = (tables: readonly CopyTable[]) => planBatches(tables).map((batch) => batch.map(({ name }) => name));

test('large tables go alone, small ones together, empty ones not at all', () => {
  const mega = 1024 * 1024;
  const tables = [table('huge', 900 * mega), table('large', 2 * mega), table('s1', mega), table('s2', mega), table('s3', 8192), table('none', 0, true)];
  expect(plan(tables)).toEqual([['huge'], ['large'], ['s1', 's2', 's3']]);
});

test('a batch is bounded in bytes and in tables', () => {
  const kilo = 1024;
  expect(plan(Array.from({ length: 6 }, (_, place) => table(`t${place}`, 900 * kilo))).map((batch) => batch.length)).toEqual([4, 2]);
  expect(plan(Array.from({ length: 150 }, (_, place) => table(`t${place}`, 8192))).map((batch) => batch.length)).toEqual([64, 64, 22]);
});
