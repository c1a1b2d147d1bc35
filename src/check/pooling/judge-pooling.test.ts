import { expect, test } from 'vitest';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import { judgePooledInvariant, judgePooledSession, type PooledSession, untriedPooling } from './judge-pooling.ts';

const session: Omit<PooledSession, 'shared'> = { name: 'checkout', required: true, role: 'shop_app', statements: ["set app.t = '1'"], startedAt: 0 };
const clean = { kind: 'tried' as const, left: [], seenToLeave: ['SET'], notSeen: ['CREATE TEMP TABLE (permission denied)'] };
const left = { kind: 'tried' as const, left: [{ kind: 'setting' as const, name: 'app.t', value: '1' }], seenToLeave: [], notSeen: [] };

test('a session passes only where something was seen to be left by another', () => {
  expect(judgePooledSession({ ...session, shared: clean }).gate).toMatchObject({
    outcome: 'passed',
    couldFail: true,
    proof: expect.stringContaining('not shown: CREATE TEMP'),
  });
  expect(judgePooledSession({ ...session, shared: { ...clean, seenToLeave: [] } }).gate.outcome).toBe('inconclusive');
  expect(judgePooledSession({ ...session, shared: { kind: 'doubt', reason: 'r', cure: 'c' } }).gate.outcome).toBe('inconclusive');
  expect(judgePooledSession({ ...session, shared: left })).toMatchObject({
    gate: { gate: 'pooling:session:checkout', outcome: 'failed' },
    findings: [{ id: 'pooling:session:checkout:setting:app.t', rootCause: 'invariant', actual: '1' }],
  });
});

const finding: Finding = {
  ...{ id: 'invariant:invariant:mine', check: 'invariant', phase: 'data-gate', severity: 'doubt', rootCause: 'invariant', cure: 'c' },
  ...{ object: { kind: 'invariant', name: 'mine' }, title: 'Invariant mine proves nothing: its own SQL failed' },
};

function asked(findings: CheckOutcome['findings']): CheckOutcome {
  const gate = {
    gate: 'invariant:mine',
    phase: 'data-gate',
    required: true,
    couldFail: findings.length === 0,
    proof: 'p',
    summary: 'Holds.',
    durationMs: 1,
  } as const;
  return { findings, gate: { ...gate, outcome: findings.length === 0 ? 'passed' : 'inconclusive', findingIds: findings.map(({ id }) => id) } };
}

test('an invariant that holds alone and whose SQL fails behind a pooler is broken by it; a lost connection breaks nothing', () => {
  const failing = (sqlstate: string) => judgePooledInvariant('mine', asked([{ ...finding, sql: { sqlstate, message: 'm' } }]), undefined);
  expect(failing('22P02')).toMatchObject({
    gate: { gate: 'pooling:invariant:mine', phase: 'compatibility', outcome: 'failed' },
    findings: [{ id: 'pooling:invariant:mine', severity: 'blocker', title: 'Behind a pooler, invariant mine doesn’t hold: its own SQL failed' }],
  });
  expect(failing('08006').gate.outcome).toBe('inconclusive');
});

test('what an invariant’s own SQL leaves fails it, though it holds', () => {
  expect(judgePooledInvariant('mine', asked([]), { ...session, shared: clean }).gate).toMatchObject({
    outcome: 'passed',
    proof: expect.stringContaining('it leaves nothing'),
  });
  expect(judgePooledInvariant('mine', asked([]), { ...session, shared: left }).gate.outcome).toBe('failed');
  expect(judgePooledInvariant('mine', asked([]), { ...session, shared: { kind: 'doubt', reason: 'it writes', cure: 'c' } }).gate).toMatchObject({
    outcome: 'passed',
    proof: expect.stringContaining('not tried with a commit: it writes'),
  });
});

test('a pooler that could not be asked passes nothing', () => {
  expect(untriedPooling('not there.', 'c', 'environment')).toMatchObject({
    gate: { gate: 'pooling', outcome: 'inconclusive' },
    findings: [{ rootCause: 'environment' }],
  });
});
