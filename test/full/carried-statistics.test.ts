import { expect, test } from 'vitest';
import { proveStatistics } from '../support/prove-statistics.ts';

test.each([
  [15, 18],
  [18, 15],
] as const)('the planner knows of a copy what it knows in production, for every type, from %i to %i', async (from, to) => {
  const { differences, columns } = await proveStatistics(from, to);
  expect(differences).toEqual([]);
  expect(columns).toBeGreaterThan(700);
});
