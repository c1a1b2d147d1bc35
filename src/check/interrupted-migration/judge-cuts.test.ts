import { expect, test } from 'vitest';
import { failure } from '../../core/failure.ts';
import type { Cut } from '../../core/interruption.ts';
import { judgeCuts } from './judge-cuts.ts';

const cut: Cut = {
  id: '0002_a:after-1',
  migration: '0002_a',
  place: { file: '0002_a.sql', line: 3 },
  statement: 1,
  statements: 2,
  kind: 'between-statements',
  outcome: 'continues',
  stayed: ['table public.a is there'],
  differences: [],
  couldDiffer: true,
  advice: 'Run the deploy again.',
  durationMs: 5,
};
const error = { sqlstate: '42P07', message: 'relation "a" already exists' };

test('a second run that ends as it should passes, and what follows from it is said', () => {
  const inside: Cut = { ...cut, id: '0002_a:in-2', kind: 'in-transaction', stayed: [] };
  const { gate, findings } = judgeCuts({ cuts: [inside, cut], inTransactions: 3, required: true });
  expect(findings).toEqual([]);
  expect(gate).toMatchObject({ outcome: 'passed', couldFail: true, required: true, phase: 'migrate' });
  expect(gate.summary).toBe(
    '2 cuts: after all a second run goes on and ends as it should. 2 more boundaries stand in transactions, which left nothing when one was cut.',
  );
});

test('one that ends well with another result blocks, whatever the settings say', () => {
  const silent: Cut = { ...cut, outcome: 'silently-skips', differences: ['public.a.b holds other values'], rowsDiffer: true };
  const { gate, findings } = judgeCuts({ cuts: [silent], inTransactions: 0, required: false });
  expect(gate).toMatchObject({ outcome: 'failed', required: true });
  expect(findings).toMatchObject([{ id: 'interrupted-migration:migration:0002_a:after-1', severity: 'blocker', rootCause: 'data-loss' }]);
});

test('one that is blocked, and one that wasn’t tried, count as the team says', () => {
  const cuts: readonly Cut[] = [
    { ...cut, outcome: 'blocked', error },
    { ...cut, id: '0002_a:after-2', outcome: 'not-tried', couldDiffer: false, why: 'There was no time.' },
  ];
  const told = judgeCuts({ cuts, inTransactions: 0, required: false });
  expect(told.findings.map(({ severity }) => severity)).toEqual(['warning', 'note']);
  expect(told.gate).toMatchObject({ required: false, outcome: 'passed' });
  expect(told.gate.summary).toContain('1 boundary was not tried');
  expect(told.findings[1]).toMatchObject({
    id: 'interrupted-migration:setting:interruptions:not-tried',
    detail: expect.stringContaining('There was no time.'),
  });
  const asked = judgeCuts({ cuts, inTransactions: 0, required: true });
  expect(asked.findings.map(({ severity }) => severity)).toEqual(['blocker', 'doubt']);
  expect(asked.gate).toMatchObject({ required: true, outcome: 'failed' });
  expect(judgeCuts({ cuts: cuts.slice(1), inTransactions: 0, required: true }).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
});

test('what could not have been told apart is no pass; what nobody asked for is none either', () => {
  expect(judgeCuts({ cuts: [{ ...cut, couldDiffer: false }], inTransactions: 0, required: true }).gate).toMatchObject({
    outcome: 'inconclusive',
    couldFail: false,
  });
  expect(judgeCuts({ cuts: [], inTransactions: 0, required: true, notAsked: 'Switched off.' }).gate).toMatchObject({
    outcome: 'not-applicable',
    required: false,
  });
  expect(judgeCuts({ cuts: [], inTransactions: 0, required: true, trouble: failure('no-second-clone', 'no clone') }).gate).toMatchObject({
    outcome: 'inconclusive',
  });
});
