import { expect, test } from 'vitest';
import { readExample } from '../../../test/support/record-example.ts';
import { seeExamples } from '../../../test/support/see-examples.ts';
import { recordingChecks } from './recording-checks.ts';

test('every check has an example', () => {
  expect(recordingChecks.map(({ about }) => about.check).filter((check) => readExample(check) === undefined)).toEqual([]);
});

/** PostgreSQL 15 is with the long tests. */
test('each check sees what is bad, and nothing is found in what is good (PostgreSQL 18)', { timeout: 180_000 }, async () => {
  await seeExamples(18);
});
