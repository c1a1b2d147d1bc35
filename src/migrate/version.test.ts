import { expect, test } from 'vitest';
import { compareVersions, readVersion, versionKey } from './version.ts';

test.each([
  ['0010_add_email', '0010', [10n], 'add_email'],
  ['20240304123642_traces view', '20240304123642', [20240304123642n], 'traces view'],
  ['2024-05-01_first', '2024-05-01', [2024n, 5n, 1n], 'first'],
  ['2024-05-01-120000_first', '2024-05-01-120000', [2024n, 5n, 1n, 120000n], 'first'],
  ['V1_2__split', '1_2', [1n, 2n], 'split'],
  ['V3__x', '3', [3n], 'x'],
  ['1.10-x', '1.10', [1n, 10n], 'x'],
  ['001-2-factor', '001', [1n], '2-factor'],
  ['7', '7', [7n], ''],
])('%s', (name, text, parts, rest) => {
  expect(readVersion(name)).toEqual({ text, parts, rest });
});

test.each(['init', 'R__views', 'x1_y', '001name', ''])('no version: %s', (name) => {
  expect(readVersion(name)).toBeUndefined();
});

test('numbers decide, not widths', () => {
  const names = ['10_c', '9_b', '001_a', '20240101000000_d', '1.2_a2', '1.10_a3'];
  const sorted = names.map((name) => ({ name, version: readVersion(name) ?? expect.unreachable() })).sort((a, b) => compareVersions(a.version, b.version));
  expect(sorted.map(({ name }) => name)).toEqual(['001_a', '1.2_a2', '1.10_a3', '9_b', '10_c', '20240101000000_d']);
});

test('007 and 7.0 are one version', () => {
  expect(versionKey(readVersion('007_x') ?? expect.unreachable())).toBe('7');
  expect(versionKey(readVersion('7.0_x') ?? expect.unreachable())).toBe('7');
  expect(versionKey(readVersion('70_x') ?? expect.unreachable())).toBe('70');
});
