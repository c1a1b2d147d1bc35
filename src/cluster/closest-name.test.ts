import { expect, test } from 'vitest';
import { closestName } from './closest-name.ts';

test.each([
  ['tenant-renmae', 'tenant-rename'],
  ['Billing', 'billing'],
  ['biling', 'billing'],
  ['x', undefined],
  ['something-else', undefined],
])('%s means %s', (wrong, meant) => {
  expect(closestName(wrong, ['tenant-rename', 'billing', 'b2'])).toBe(meant);
});
