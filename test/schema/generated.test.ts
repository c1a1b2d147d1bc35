import { expect, test } from 'vitest';
import { checkSchemas, schemaSeed } from './generator/check-schemas.ts';

// The same schemas each time: test/full tries others, where there is time to look into what is found.
const seed = schemaSeed(352383667);

// A failure is made smaller before it is told, which takes its time.
test.each([
  [15, 10],
  [18, 10],
] as const)(
  `random schemas on PostgreSQL %i: equal when restored, different after a change (SCHEMA_SEED=${seed})`,
  async (major, cases) => {
    expect(await checkSchemas(major, { seed, cases, batch: cases })).toBeUndefined();
  },
  300_000,
);
