import { test } from 'vitest';
import { seeExamples } from '../support/see-examples.ts';

test('each check sees what is bad, and nothing is found in what is good (PostgreSQL 15)', { timeout: 300_000 }, async () => {
  await seeExamples(15);
});
