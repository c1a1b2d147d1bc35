import { expect, test } from 'vitest';
import { failure } from '../../core/failure.ts';
import type { SmokeAnswer, SmokeReport } from '../../core/smoke.ts';
import { judgeSmoke } from './judge-smoke.ts';
import { skippedSmoke, untriedSmoke } from './untried-smoke.ts';

const used = { sessions: 1, statements: false };
const unused = { sessions: 0, statements: false };

const works: SmokeAnswer = {
  ...{ name: 'items', kind: 'http', required: true, outcome: 'works', said: 'GET /items answered 200', use: used },
  ...{ failsBy: 'a status beyond 200–299', durationMs: 3 },
};

function judged(change: Partial<SmokeAnswer>, of: Partial<SmokeReport> = {}, failedBefore: readonly string[] = []) {
  const answers = [{ ...works, ...change }];
  const [outcome] = judgeSmoke({ moment: 'new', role: { name: 'shop_app', named: true }, answers, ...of }, new Set(failedBefore));
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

test('a check that works, while somebody came to the clone as the application’s role, has passed', () => {
  expect(judged({})).toMatchObject({
    gate: { gate: 'smoke:items', phase: 'compatibility', required: true, outcome: 'passed', couldFail: true, durationMs: 3 },
    findings: [],
  });
  expect(judged({}).gate.proof).toBe('a status beyond 200–299 would have failed it; 1 session came to the clone meanwhile, as shop_app');
  expect(judged({ use: { sessions: 0, statements: true } }).gate.outcome).toBe('passed');
});

test('one that proves nothing doesn’t pass: nobody came to the clone, a superuser came, or it was never asked', () => {
  for (const [vacuous, words] of [
    [judged({ use: unused }), 'nobody came to the clone'],
    [judged({}, { role: { name: 'postgres', named: false } }), 'whom no missing right and no policy stops'],
    [judged({ outcome: 'unknown', said: 'no chromium was found', cure: 'Install it.' }), 'no chromium'],
  ] as const) {
    expect(vacuous).toMatchObject({ gate: { outcome: 'inconclusive' }, findings: [{ severity: 'doubt', title: expect.stringContaining(words) }] });
  }
  // A machine’s check without a word on who came is no check of the clone; a person’s word is.
  const { use: _, ...unseen } = works;
  expect(judgeSmoke({ moment: 'new', role: { name: 'a', named: true }, answers: [unseen] }, new Set())[0]?.gate).toMatchObject({
    outcome: 'inconclusive',
    couldFail: false,
  });
  expect(judgeSmoke({ moment: 'new', role: { name: 'a', named: false }, answers: [{ ...unseen, kind: 'manual' }] }, new Set())[0]?.gate.outcome).toBe('passed');
});

test('what is broken blocks at each moment, under a name of its own', () => {
  const broken = { outcome: 'broken', said: 'GET /items answered 500', use: unused } as const;
  expect(judged(broken)).toMatchObject({
    gate: { gate: 'smoke:items', outcome: 'failed', couldFail: true },
    findings: [{ id: 'smoke:check:items', severity: 'blocker' }],
  });
  const version = { ref: 'v41', commit: '0123456789abcdef' };
  expect(judged(broken, { moment: 'before', version })).toMatchObject({
    gate: { gate: 'smoke-before:items', phase: 'drift', outcome: 'failed' },
    findings: [{ id: 'smoke:check:items:before', title: 'Before migrating (v41, 0123456789), the check items: GET /items answered 500' }],
  });
  expect(judged(broken, { moment: 'old-on-new', version })).toMatchObject({
    gate: { gate: 'smoke-old-on-new:items', phase: 'compatibility', outcome: 'failed' },
    findings: [{ id: 'smoke:check:items:old-on-new' }],
  });
});

test('what failed before migrating is no fault of the migrations; what works now has passed', () => {
  expect(judged({ outcome: 'broken', said: 'GET /items answered 500' }, {}, ['items'])).toMatchObject({
    gate: { outcome: 'inconclusive' },
    findings: [{ severity: 'doubt', title: expect.stringContaining('it failed before migrating too') }],
  });
  expect(judged({}, {}, ['items']).gate.outcome).toBe('passed');
  expect(judged({ outcome: 'broken' }, { moment: 'before' }, ['items']).gate.outcome).toBe('failed');
});

test('an advisory check has failed without blocking', () => {
  expect(judged({ outcome: 'broken', required: false })).toMatchObject({ gate: { outcome: 'failed', required: false }, findings: [{ severity: 'warning' }] });
});

test('what nobody tried is not applicable where the team says why, and inconclusive where it was wanted', () => {
  expect(skippedSmoke('smoke-before', 'drift', 'skipped: the old version can’t be built any more.').gate).toMatchObject({
    ...{ outcome: 'not-applicable', required: false, couldFail: false },
    summary: 'Skipped: the old version can’t be built any more.',
  });
  expect(untriedSmoke('smoke-before', 'drift', failure('git-ref-unreadable', 'no v41'))).toMatchObject({
    gate: { outcome: 'inconclusive', required: true, couldFail: false },
    findings: [{ severity: 'doubt', id: 'smoke:application:smoke-before:untried' }],
  });
});
