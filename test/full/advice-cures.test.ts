import { test } from 'vitest';
import { cureProbes } from '../schema/cure-probes.ts';

test.each([
  [15, 'left'],
  [15, 'right'],
  [18, 'left'],
  [18, 'right'],
] as const)('on PostgreSQL %i, the advice that is given for the %s side of every probe makes it like the other', { timeout: 900_000 }, async (major, side) => {
  await cureProbes(major, side, () => true);
});
