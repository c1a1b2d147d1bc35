import { expect, test } from 'vitest';
import { calmPatience } from './calm-patience.ts';

test('production that is busy is waited for half an hour at the longest, and no longer than is waited at all', () => {
  expect(calmPatience({ pollMs: 5, waitMs: 7_200_000 })).toEqual({ pollMs: 5, waitMs: 1_800_000 });
  expect(calmPatience({ pollMs: 5, waitMs: 60_000 })).toEqual({ pollMs: 5, waitMs: 60_000 });
});
