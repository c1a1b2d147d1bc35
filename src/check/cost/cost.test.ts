import { expect, test } from 'vitest';
import type { RecordedRelation, RecordedStatement, RecordedTransaction } from '../../core/recording.ts';
import { costOfRecording } from './cost-of-recording.ts';
import { predictWindow, replicationLagRisk, unknownProduction } from './predict-window.ts';
import { reportCost } from './report-cost.ts';

const statement = (id: number, startedMs: number, endedMs: number, more: Partial<RecordedStatement> = {}): RecordedStatement => ({
  id,
  connection: 1,
  transaction: 1,
  text: `statement ${id}`,
  protocol: 'simple',
  rows: null,
  startedMs,
  endedMs,
  waitedMs: 0,
  wal: { bytes: 0, alone: true },
  tempBytes: 0,
  unobserved: [],
  ...more,
});
const relation = (oid: number, more: Partial<RecordedRelation> = {}): RecordedRelation => ({
  oid,
  name: `public.t${oid}`,
  kind: 'table',
  existedBefore: true,
  ...more,
});
const MiB = 1024 * 1024;
const committed = (id: number): RecordedTransaction => ({ id, connection: 1, beginMs: 0, endMs: 1, outcome: 'committed', block: false });

test('what statements cost is added up for each migration, and what wasn’t seen makes it “at least”', () => {
  const cost = costOfRecording({
    statements: [
      statement(1, 0, 5, { migration: '1_a', rows: 3 }),
      statement(2, 10, 3010, { migration: '1_a', waitedMs: 2000, wal: { bytes: 100, alone: true }, tempBytes: 7 }),
      statement(3, 3010, 3020, {
        migration: '2_b',
        rewrites: [{ relation: 1, reasons: ['type'], bytesBefore: 10, bytesAfter: 30, seenBy: 'in-session' }],
        dropped: [{ kind: 'table', name: 'public.t4', relation: 4 }],
        unobserved: [{ what: 'wal', why: 'x' }],
      }),
    ].map((one) => {
      if (one.id !== 3) return one;
      const { wal: _, ...without } = one;
      return without;
    }),
    relations: [
      relation(1, { bytesBefore: 10, bytesAfter: 30 }),
      relation(2, { existedBefore: false, bytesAfter: 8 }),
      relation(3, { kind: 'index', table: 1, existedBefore: false, bytesAfter: 5 }),
      // A drop takes its room away, and what has no file has no size.
      relation(4, { bytesBefore: 3 }),
      relation(5, { kind: 'view' }),
    ],
  });
  expect(cost).toMatchObject({
    durationMs: 3020,
    workMs: 1015,
    waitedMs: { value: 2000, complete: true },
    rows: 3,
    wal: { value: 100, complete: false },
    rewritten: { value: 20, complete: true },
    size: { value: 30, complete: true },
  });
  expect(cost.migrations.map(({ migration, durationMs, workMs, wal, temp, size }) => ({ migration, durationMs, workMs, wal, temp, size }))).toEqual([
    {
      migration: '1_a',
      durationMs: 3010,
      workMs: 1005,
      wal: { value: 100, complete: true },
      temp: { value: 7, complete: true },
      size: { value: 0, complete: true },
    },
    {
      migration: '2_b',
      durationMs: 10,
      workMs: 10,
      wal: { value: 0, complete: false },
      temp: { value: 0, complete: true },
      size: { value: 22, complete: true },
    },
  ]);
  // The statement alone made, rewrote and dropped them.
  expect(cost.migrations[1]?.statements.map(({ size }) => size)).toEqual([{ value: 22, complete: true }]);
  expect(cost.histogram.map(({ fromMs, toMs, statements }) => [fromMs, toMs, statements])).toEqual([
    [0, 10, 1],
    [10, 100, 1],
    [100, 1000, 0],
    [1000, 5000, 1],
    [5000, 15000, 0],
    [15000, 60000, 0],
    [60000, 300000, 0],
    [300000, undefined, 0],
  ]);
  expect(costOfRecording({ statements: [], relations: [] })).toMatchObject({ durationMs: 0, workMs: 0, migrations: [] });
});

test('the window is a range that holds what was measured, and says what it rests on', () => {
  const cost = costOfRecording({ statements: [statement(1, 0, 10_000, { waitedMs: 2_000, wal: { bytes: 500 * MiB, alone: true } })], relations: [] });
  const { measuredMs, lowMs, highMs, basis } = predictWindow(cost, [committed(1), committed(2), { ...committed(3), outcome: 'rolled-back' }]);
  expect(measuredMs).toBe(8_000);
  // Half the work, beside which the WAL is written; four times the work and then 1,500 MiB of WAL at 50 MiB a second.
  expect(lowMs).toBeCloseTo(4_000 + 0.2);
  expect(highMs).toBeCloseTo(32_000 + 30_000 + 20);
  expect(basis.join(' ')).toMatch(/8\.0 s of work.*2 commits.*500 MB of WAL.*Waiting for locks isn’t in it; here it was 2\.0 s/);
  const like = {
    ...unknownProduction,
    slowdown: { low: 1, high: 1 },
    commitMs: { low: 0, high: 0 },
    walGrowth: { low: 1, high: 1 },
    walBytesPerSecond: { low: 1e15, high: 1e15 },
  };
  const exact = predictWindow(cost, [], like);
  expect(exact.lowMs).toBeCloseTo(8_000);
  expect(exact.highMs).toBeCloseTo(8_000);
});

test('of migrations that failed, what would have come after isn’t in it', () => {
  const error = { sqlstate: '42P01', message: 'x' };
  const windowOf = (...statements: readonly RecordedStatement[]) => reportCost({ statements, relations: [], transactions: [] }).window;
  expect(windowOf(statement(1, 0, 5), statement(2, 5, 9, { error }), statement(3, 9, 9, { text: 'rollback' }))).toMatchObject({
    partial: true,
    basis: expect.arrayContaining([expect.stringContaining('ended with an error')]),
  });
  // An error that somebody caught is none.
  expect(windowOf(statement(1, 0, 5, { error }), statement(2, 5, 9))).not.toHaveProperty('partial');
});

test('a standby falls behind where WAL is written faster than it replays, and catches up in between', () => {
  const risk = (...statements: readonly RecordedStatement[]) => replicationLagRisk(costOfRecording({ statements, relations: [] }));
  expect(risk(statement(1, 0, 10_000, { wal: { bytes: 10 * MiB, alone: true } })).risk).toBe('none');
  const possible = risk(statement(1, 0, 1_000, { wal: { bytes: 200 * MiB, alone: true } }));
  expect(possible).toMatchObject({ risk: 'possible', lagMs: { low: 0 }, fastest: { statement: 1, bytesPerSecond: 200 * MiB } });
  expect(possible.lagMs.high).toBeCloseTo(29_000);
  const likely = risk(statement(1, 0, 1_000, { wal: { bytes: 1000 * MiB, alone: true } }));
  expect(likely.risk).toBe('likely');
  expect(likely.lagMs.low).toBeCloseTo(4_000);
  const caughtUp = risk(statement(1, 0, 1_000, { wal: { bytes: 1000 * MiB, alone: true } }), statement(2, 1_000, 1_000_000));
  expect(caughtUp.lagMs).toEqual({ low: 0, high: 0 });
  const { wal: _, ...unseen } = statement(1, 0, 10);
  expect(risk(unseen).risk).toBe('unknown');
});
