import { expect, test } from 'vitest';
import { defects } from './assemble-demo.ts';
import { describeRepairs, useDemo } from './describe-defects.ts';

const rehearse = useDemo();
const names = defects.map(({ name }) => name);
const digits = Math.ceil(Math.log2(names.length + 1));

// Each defect is repaired in another choice of the runs, by the binary digits of its number: no finding can be another one's. One by one, they are in test/full.
describeRepairs(rehearse, [[], ...Array.from({ length: digits }, (_, digit) => names.filter((_, at) => ((at + 1) >> digit) & 1))]);

test('with all of them repaired, the deploy passes', async () => {
  const outcome = await rehearse(names);
  expect(outcome.verdict?.kind, outcome.stderr).toBe('PASS');
  expect(outcome.exitCode).toBe(0);
  // That sessions still use the old names is told; whether it matters, no rehearsal can decide.
  expect(outcome.findings.filter(({ severity, check }) => severity !== 'note' && check !== 'application-errors')).toEqual([]);
});
