import { expect, test } from 'vitest';
import { isAtLeast } from './version.ts';

test.each([
  ['3.1.1374.0', '3.1.1374.0', true],
  ['3.1.1374', '3.1.1374.0', true],
  ['3.1.1373.9', '3.1.1374.0', false],
  ['3.3.40.0', '3.1.1374.0', true],
  ['2.3.1550.0', '3.1.1374.0', false],
  ['10.0', '9.9', true],
  ['', '1.0', false],
  ['not a version', '1.0', false],
])('%s is at least %s: %s', (version, least, expected) => {
  expect(isAtLeast(version, least)).toBe(expected);
});
