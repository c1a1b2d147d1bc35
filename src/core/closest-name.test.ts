import { expect, test } from 'vitest';
import { closestName } from './closest-name.ts';

test.each([
  ['ulr', ['url', 'urlVariable', 'allowPrimary'], 'url'],
  ['polices', ['policies', 'exclude'], 'policies'],
  ['SqlFiles', ['sql-files', 'command'], 'sql-files'],
  ['parity_percent', ['parityPercent', 'bounds'], 'parityPercent'],
  ['banana', ['policies', 'exclude'], undefined],
  ['x', ['y'], undefined],
  ['tenant-renmae', ['tenant-rename', 'billing', 'b2'], 'tenant-rename'],
  ['Billing', ['tenant-rename', 'billing', 'b2'], 'billing'],
  ['something-else', ['tenant-rename', 'billing', 'b2'], undefined],
])('%s', (typed, known, meant) => {
  expect(closestName(typed, known)).toBe(meant);
});
