import { expect, test } from 'vitest';
import type { BackfillReport, BatchSample } from '../../core/cost.ts';
import { failure } from '../../core/failure.ts';
import { predictBackfill } from '../cost/predict-backfill.ts';
import { judgeBackfill, untriedBackfill } from './judge-backfill.ts';

const settings = { policy: 'blocker', batchSize: 1_000 } as const;
const sample = (durationMs: number, change: Partial<BatchSample> = {}): BatchSample => ({
  share: 0,
  firstId: '1',
  lastId: '1000',
  rows: 1_000,
  durationMs,
  ...change,
});

function reportOf(samples: readonly BatchSample[], change: Partial<BackfillReport> = {}): BackfillReport {
  const window = predictBackfill({ samples, batches: 7_200, pauseMs: 0 });
  return {
    ...{ name: 'weigh', table: 'public.item', role: 'shop', limitMs: 1_000, samples, batches: 7_200, endedBy: 'all' },
    ...(window === undefined ? {} : { window }),
    ...change,
  };
}

test('batches within their limit pass, and the whole is told as a range', () => {
  const { gate, findings } = judgeBackfill(reportOf([sample(500), sample(1_000)]), settings);
  expect(findings).toEqual([]);
  expect(gate).toMatchObject({ gate: 'backfill:weigh', outcome: 'passed', proof: '2 samples of 7,200 batches changed rows' });
  expect(gate.summary).toBe('The slowest batch took 1.0 s; all of it will take 30 min 1 s to 8 h 1 min in production.');
});

test('a batch over the limit fails, with how many rows would do', () => {
  const { gate, findings } = judgeBackfill(reportOf([sample(500), sample(4_000, { firstId: '7' })]), settings);
  expect(gate.outcome).toBe('failed');
  expect(findings).toMatchObject([
    { id: 'backfill:backfill:weigh:batch', severity: 'blocker', rootCause: 'lock', cure: expect.stringContaining('250 rows would take 1.0 s') },
  ]);
  expect(findings[0]?.detail).toContain('from id 7 to 1000 and changed 1,000 rows, as shop');
  expect(judgeBackfill(reportOf([sample(4_000)]), { ...settings, policy: 'warning' }).gate.outcome).toBe('passed');
});

test('what certainly takes too long fails, what may is a warning', () => {
  const of = (totalHours: number) =>
    judgeBackfill(reportOf([sample(500), sample(1_000)]), { ...settings, totalHours }).findings.map(({ id, severity }) => `${severity} ${id}`);
  expect(of(0.4)).toEqual(['blocker backfill:backfill:weigh:total']);
  expect(of(1)).toEqual(['warning backfill:backfill:weigh:total']);
  expect(of(9)).toEqual([]);
});

test('batches that change nothing prove nothing; a batch that fails is a failure', () => {
  expect(judgeBackfill(reportOf([sample(1, { rows: 0 })]), settings).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
  expect(judgeBackfill(reportOf([], { batches: 0 }), settings).gate).toMatchObject({
    outcome: 'inconclusive',
    summary: 'public.item has no rows to go through.',
  });
  const error = { sqlstate: '42703', message: 'column "x" does not exist', statement: 'update …' };
  const { gate, findings } = judgeBackfill(reportOf([], { endedBy: 'error', error }), settings);
  expect(gate.outcome).toBe('failed');
  expect(findings).toMatchObject([{ id: 'backfill:backfill:weigh:failed', rootCause: 'sql-error', sql: error }]);
});

test('what could not be tried is a doubt', () => {
  const { gate, findings } = untriedBackfill('weigh', failure('disk-short', 'No space is left.'));
  expect(gate).toMatchObject({ gate: 'backfill:weigh', outcome: 'inconclusive', summary: 'The backfill weigh could not be tried: No space is left.' });
  expect(findings).toMatchObject([{ id: 'backfill:backfill:weigh:untried', severity: 'doubt' }]);
});

test('pauses and commits are in the prediction, and its basis says so', () => {
  const window = predictBackfill({ samples: [sample(10), sample(20)], batches: 11, pauseMs: 100 });
  expect(window).toMatchObject({ measuredMs: 15 * 11 + 1_000 });
  expect(window?.lowMs).toBeCloseTo(11 * (5 + 0.1) + 1_000);
  expect(window?.highMs).toBeCloseTo(11 * (80 + 10) + 1_000);
  expect(window?.basis.join(' ')).toMatch(/2 samples of 11.*10 ms to 20 ms.*pauses between them are 1\.0 s/);
  expect(predictBackfill({ samples: [], batches: 0, pauseMs: 0 })).toBeUndefined();
});
