import { expect, test } from 'vitest';
import { proveStatistics } from '../../../test/support/prove-statistics.ts';

test.each([15, 18] as const)('the planner knows of a copy what it knows in production, for every type, on %i', async (major) => {
  const { statistics, differences, columns } = await proveStatistics(major, major);
  expect(differences).toEqual([]);
  expect(columns).toBeGreaterThan(700);
  expect(statistics?.analysed).toEqual([]);
});
