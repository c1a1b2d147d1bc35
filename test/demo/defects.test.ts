import { expect, test } from 'vitest';
import { defects } from './assemble-demo.ts';
import { describeRepairs, useDemo } from './describe-defects.ts';

const rehearse = useDemo();
const names = defects.map(({ name }) => name);

// None of them and one by one, they are repaired in test/full.
describeRepairs(rehearse, [names.filter((_, at) => at % 2 === 0)]);

test('with all of them repaired, the deploy passes', async () => {
  const outcome = await rehearse(names);
  expect(outcome.verdict?.kind, outcome.stderr).toBe('PASS');
  expect(outcome.exitCode).toBe(0);
  // That sessions still use the old names is told; whether it matters, no rehearsal can decide.
  expect(outcome.findings.filter(({ severity, check }) => severity !== 'note' && check !== 'application-errors')).toEqual([]);
});
