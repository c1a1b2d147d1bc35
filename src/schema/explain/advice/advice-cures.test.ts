import { test } from 'vitest';
import { cureProbes } from '../../../../test/schema/cure-probes.ts';

test.each([
  [15, 'left'],
  [18, 'right'],
] as const)('on PostgreSQL %i, the advice that is given for the %s side of some probes makes it like the other', { timeout: 240_000 }, async (major, side) => {
  await cureProbes(major, side, (index) => index % 9 === (major === 15 ? 0 : 4));
});
