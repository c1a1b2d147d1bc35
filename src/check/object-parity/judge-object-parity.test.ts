import { expect, test } from 'vitest';
import type { ObjectsReport } from '../../core/objects-report.ts';
import { judgeObjectParity } from './judge-object-parity.ts';

const none = { objects: 0, bytes: 0 };
const report = (change: Partial<ObjectsReport> = {}): ObjectsReport => ({
  plan: {
    ...{ source: { objects: 3, bytes: 30 }, target: none, copy: { absent: { objects: 3, bytes: 30 }, size: none, content: none, headers: none } },
    ...{ same: { etag: 0, checksum: 0, time: 0 }, surplus: { ...none, asked: false }, refused: none, excluded: none, batch: false },
    examples: { copy: [], surplus: [], refused: [] },
  },
  ...{ copied: { objects: 3, bytes: 30 }, way: 'streamed', deleted: none, changed: 0, unsyncedCount: 0, unsynced: [], durationMs: 1, files: [] },
  verified: { objects: 3, bytes: 30, by: { etag: 3, checksum: 0, time: 0 } },
  ...change,
});
const judge = (change: Partial<ObjectsReport>) => {
  const { gate, findings } = judgeObjectParity(report(change));
  return { outcome: gate.outcome, weakenedBy: gate.weakenedBy, findings: findings.map(({ id, severity, rootCause }) => [id, severity, rootCause]) };
};

test('all objects compared and the same: passed', () => {
  expect(judge({})).toEqual({ outcome: 'passed', weakenedBy: undefined, findings: [] });
});

test('what only size and age speak for passes, and says so', () => {
  expect(judge({ verified: { objects: 3, bytes: 30, by: { etag: 1, checksum: 1, time: 1 } } })).toMatchObject({
    outcome: 'passed',
    weakenedBy: 'of 1 object only size and age could be compared',
  });
});

test('each reason is a finding, and fails', () => {
  const unsynced = [
    { key: 'a', code: 'AccessDenied', reason: 'no' },
    { key: 'b', code: 'AccessDenied', reason: 'no' },
    { key: 'c', code: 'KMS.Disabled', reason: 'off' },
    { key: 'd', code: 'archived', reason: 'cold' },
  ];
  expect(judge({ unsynced, unsyncedCount: 4 })).toMatchObject({
    outcome: 'failed',
    findings: [
      ['object-parity:objects:AccessDenied', 'blocker', 'privileges'],
      ['object-parity:objects:KMS.Disabled', 'blocker', 'kms'],
      ['object-parity:objects:archived', 'blocker', 'data-volume'],
    ],
  });
});

test('nothing compared, or a job that waits: nobody knows', () => {
  expect(judge({ verified: { objects: 0, bytes: 0, by: { etag: 0, checksum: 0, time: 0 } } }).outcome).toBe('inconclusive');
  const { verified: _, ...rest } = report({ way: 'batch-job' });
  expect(judgeObjectParity(rest).gate.outcome).toBe('inconclusive');
});
