import { expect, test } from 'vitest';
import { jobsOption } from './jobs-option.ts';

test('--jobs takes 1 to 32, and says so otherwise', () => {
  expect([jobsOption.parse('1'), jobsOption.parse('32'), jobsOption.fallback]).toEqual([1, 32, undefined]);
  for (const wrong of ['0', '33', '-1', '2.5', 'two', '', '1e1']) expect(() => jobsOption.parse(wrong), wrong).toThrow('must be a number from 1 to 32');
});
