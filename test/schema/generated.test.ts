import { expect, test } from 'vitest';
import { checkSchemas, schemaSeed } from './generator/check-schemas.ts';

const seed = schemaSeed();

// A failure is made smaller before it is told, which takes its time.
test.each([
  [15, 13],
  [18, 12],
] as const)(
  `random schemas on PostgreSQL %i: equal when restored, different after a change (SCHEMA_SEED=${seed})`,
  async (major, cases) => {
    expect(await checkSchemas(major, { seed, cases, batch: cases })).toBeUndefined();
  },
  300_000,
);
