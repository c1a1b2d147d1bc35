import { expect, test } from 'vitest';
import { checkSchemas, schemaSeed } from './generator/check-schemas.ts';

const seed = schemaSeed();

test.each([15, 18] as const)(`random schemas on PostgreSQL %i: equal when restored, different after a change (SCHEMA_SEED=${seed})`, async (major) => {
  expect(await checkSchemas(major, { seed, cases: 25, batch: 25 })).toBeUndefined();
});
