import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

test.each([
  ['ulr', ['url', 'urlVariable', 'allowPrimary'], 'url'],
  ['polices', ['policies', 'exclude'], 'policies'],
  ['SqlFiles', ['sql-files', 'command'], 'sql-files'],
  ['parity_percent', ['parityPercent', 'bounds'], 'parityPercent'],
  ['banana', ['policies', 'exclude'], undefined],
  ['x', ['y'], undefined],
])('%s', (typed, known, meant) => {
  expect(suggest(typed, known)).toBe(meant);
});
