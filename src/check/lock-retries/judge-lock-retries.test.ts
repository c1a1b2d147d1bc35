import { expect, test } from 'vitest';
import { failure } from '../../core/failure.ts';
import type { RetryRehearsal } from '../../core/traffic.ts';
import { judgeLockRetries } from './judge-lock-retries.ts';

const rehearsal = (change: Partial<RetryRehearsal>): RetryRehearsal => ({
  ...{ lockTimeoutMs: 500, retries: 5, outcome: 'succeeded', attempts: 3, worstStallMs: 510, durationMs: 3_200 },
  ...change,
});

const judged = (...changes: readonly Partial<RetryRehearsal>[]) => judgeLockRetries({ rehearsals: changes.map(rehearsal) });

test('who gets through passes, who gives up or fails doesn’t', () => {
  expect(judged({}).gate).toMatchObject({ outcome: 'passed', summary: 'lock_timeout = 500 ms went through at try 3, in 3.2 s; the longest stall was 510 ms.' });
  const gaveUp = judged({ outcome: 'gave-up', attempts: 6 });
  expect(gaveUp.gate).toMatchObject({ outcome: 'failed', required: true, proof: '6 tries under traffic, on 1 clone' });
  expect(gaveUp.findings).toMatchObject([{ id: 'lock-retries:setting:lock_timeout 500', severity: 'blocker', rootCause: 'lock' }]);
  const failed = judged({ outcome: 'failed', attempts: 2, why: 'relation "x" already exists' }).findings;
  expect(failed).toMatchObject([
    { severity: 'blocker', title: expect.stringContaining('fail at try 2: relation "x" already exists'), detail: expect.stringContaining('left behind') },
  ]);
});

test('of several one is enough; what could not be tried is a doubt', () => {
  const both = judged({ outcome: 'gave-up', lockTimeoutMs: 50 }, { lockTimeoutMs: 2_000 });
  expect(both.gate).toMatchObject({ outcome: 'passed', summary: expect.stringContaining('lock_timeout = 2000 ms') });
  expect(both.findings).toMatchObject([{ severity: 'warning', id: 'lock-retries:setting:lock_timeout 50' }]);
  const untried = judgeLockRetries({ rehearsals: [], trouble: failure('disk-short', 'no disk') });
  expect(untried.gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
  expect(untried.findings).toMatchObject([{ severity: 'doubt', title: expect.stringContaining('no disk') }]);
});
