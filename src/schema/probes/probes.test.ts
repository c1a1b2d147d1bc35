import { describe, expect, test } from 'vitest';
import { describeProbes } from '../../../test/schema/describe-probes.ts';
import { oneProperty } from './one-property.ts';
import { samePairs } from './same-pairs.ts';

// What each engine finds by itself, and both on either, are a matter of test/full.
describe.each([
  [15, ['whole']],
  [18, ['facts']],
] as const)('on PostgreSQL %i', (major, engines) => describeProbes(major, engines));

test('every probe has a name of its own', () => {
  const all = [...oneProperty, ...samePairs].map(({ name }) => name);
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
});
