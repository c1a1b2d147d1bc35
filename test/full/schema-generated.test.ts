import { expect, test } from 'vitest';
import { checkSchemas, schemaSeed } from '../schema/generator/check-schemas.ts';

const seed = schemaSeed();

test.each([15, 18] as const)(
  `500 random schemas on PostgreSQL %i: equal when restored, different after a change (SCHEMA_SEED=${seed})`,
  async (major) => {
    const cases = Number(process.env.SCHEMA_CASES ?? 500);
    expect(await checkSchemas(major, { seed, cases, batch: 25 })).toBeUndefined();
  },
  3_600_000,
);
