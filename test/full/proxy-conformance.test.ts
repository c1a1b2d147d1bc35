import { test } from 'vitest';
import { conforms } from '../record/proxy-conforms.ts';

test.each([15, 18] as const)('500 random sequences on %i give the same bytes through the proxy, with a question of ours at every ReadyForQuery', (major) =>
  conforms(major, 500, major),
);
