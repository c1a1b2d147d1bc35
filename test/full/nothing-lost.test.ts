import { describe, expect, test } from 'vitest';
import { hasPgDump, nothingLost, proveNothingLost, type Way } from '../support/lost/prove-nothing-lost.ts';

const majors = [
  [15, 15],
  [18, 18],
  [15, 18],
] as const;

describe.each(majors)('from PostgreSQL %i to %i nothing is lost', (from, to) => {
  test.each(['live', 'folder'] as const)('%s', async (way) => {
    expect(await proveNothingLost(way, from, to, { megabytes: 100 })).toEqual(nothingLost);
  });

  // No pg_dump that writes archives is here for servers newer than it.
  test.skipIf(!hasPgDump || from > 15).each(['custom', 'directory', 'tar', 'plain'] satisfies Way[])('pg_dump, %s', async (way) => {
    expect(await proveNothingLost(way, from, to, { megabytes: 100 })).toEqual(nothingLost);
  });
});
