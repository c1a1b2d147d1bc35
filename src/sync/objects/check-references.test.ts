import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTwoBuckets, type TwoBuckets } from '../../../test/support/fake-s3/two-buckets.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { checkReferences } from './check-references.ts';

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());

const place = 'public.book_images.s3_key';

test.each([200_000, 2])('keys that rows name are looked for, %i at a time; those that are missing are held against production', async (batchSize) => {
  for (const key of ['a', 'b']) await two.s3.put(two.staging.name, `copy/${key}`, 'x');
  for (const key of ['a', 'b', 'only-production']) await two.s3.put(two.production.name, key, 'x');
  const { production, staging } = two.wish();
  async function* keys() {
    for (const key of ['a', 'nowhere', 'b', 'only-production', 'a']) yield { key, place };
  }
  expect(unwrap(await checkReferences(two.context, { production, staging: { ...staging, prefix: 'copy/' } }, keys(), batchSize))).toEqual({
    named: 5,
    missingCount: 2,
    missing: [
      { key: 'nowhere', place, alsoInProduction: true },
      { key: 'only-production', place, alsoInProduction: false },
    ],
  });
});
