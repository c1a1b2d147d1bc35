import { expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { type FailureCode, failureCatalogue } from '../core/failure-catalogue.ts';
import type { Resource } from '../core/resource.ts';
import { rootCauses } from '../core/root-cause.ts';
import type { Verdict } from '../core/verdict.ts';
import { exitCode } from './exit-code.ts';

const pass: Verdict = { kind: 'PASS', gatesPassed: 1, summary: '' };
const blocker: Verdict = { kind: 'BLOCKER', rootCause: 'invariant', otherCauses: [], findingIds: [], summary: '' };
const doubt: Verdict = { kind: 'INCONCLUSIVE', rootCause: 'dependency-order', reasons: [], summary: '' };
const leftover: Resource = {
  ...{ id: 'x', kind: 'folder', label: 'x', facts: {}, kept: false, createdAt: '' },
  owner: { pid: 1, processStartedAt: '', host: '' },
};

test('the verdict alone', () => {
  expect([pass, blocker, doubt].map((verdict) => exitCode({ verdict, failures: [], leftovers: [] }))).toEqual([0, 1, 3]);
});

test('an inconclusive verdict whose cause lies outside is 4', () => {
  const outside = rootCauses.filter((rootCause) => exitCode({ verdict: { ...doubt, rootCause } as Verdict, failures: [], leftovers: [] }) === 4);
  expect(outside).toEqual(['connection', 'authentication', 'tls', 'environment']);
});

test('each failure ends a run as the catalogue says', () => {
  const codes = Object.keys(failureCatalogue) as FailureCode[];
  for (const code of codes) {
    const got = exitCode({ failures: [failure(code, 'x')], leftovers: [] });
    const { ending, rootCause } = failureCatalogue[code];
    const outside = ['connection', 'authentication', 'tls', 'environment'].includes(rootCause);
    expect(got, code).toBe({ usage: 2, blocker: 1, leftover: 5, inconclusive: outside ? 4 : 3 }[ending]);
  }
});

test('a faulty configuration is 2 through its verdict too', () => {
  const why = failure('config-invalid', 'x');
  const verdict: Verdict = { kind: 'INCONCLUSIVE', rootCause: why.rootCause, reasons: ['x'], failure: why, summary: 'x' };
  expect(exitCode({ verdict, failures: [why], leftovers: [] })).toBe(2);
});

test('where several apply, 5 > 4 > 2 > 1 > 3 > 0', () => {
  const unreachable = failure('source-unreachable', 'x');
  const usage = failure('usage', 'x');
  const loss = failure('restore-failed', 'x');
  expect(exitCode({ verdict: pass, failures: [], leftovers: [leftover] })).toBe(5);
  expect(exitCode({ verdict: blocker, failures: [unreachable, usage], leftovers: [leftover] })).toBe(5);
  expect(exitCode({ verdict: blocker, failures: [unreachable, usage], leftovers: [] })).toBe(4);
  expect(exitCode({ verdict: blocker, failures: [usage], leftovers: [] })).toBe(2);
  expect(exitCode({ verdict: blocker, failures: [loss], leftovers: [] })).toBe(1);
  expect(exitCode({ verdict: pass, failures: [loss], leftovers: [] })).toBe(3);
});

test('what is kept on purpose never counts', () => {
  expect(exitCode({ verdict: pass, failures: [], leftovers: [{ ...leftover, kept: true }] })).toBe(0);
});

test('without a verdict nothing is a success', () => {
  expect(exitCode({ failures: [], leftovers: [] })).toBe(3);
});
