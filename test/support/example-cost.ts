import type { BackfillReport, Cost, CostReport, MigrationCost } from '../../src/core/cost.ts';
import type { RetryRehearsal } from '../../src/core/traffic.ts';

const seen = (value: number, complete = true) => ({ value, complete });

function cost(durationMs: number, change: Partial<Cost> = {}): Cost {
  return { durationMs, workMs: durationMs, waitedMs: seen(0), rows: 0, wal: seen(41_200), temp: seen(0), rewritten: seen(0), ...change };
}

/** What the statements of exampleRecording cost. */
export function exampleCost(): CostReport {
  const migrations: readonly MigrationCost[] = [
    {
      ...cost(4),
      ...{ migration: '0005_add_overdue_status', size: seen(0), predictedMs: { low: 2, high: 26 } },
      statements: [{ ...cost(4), statement: 1, size: seen(0) }],
    },
    {
      ...cost(2_856, { workMs: 9, waitedMs: seen(2_845) }),
      ...{ migration: '0006_rename_legal_entity_to_tenant', size: seen(0), predictedMs: { low: 5, high: 50 } },
      statements: [
        { ...cost(2_850, { workMs: 5, waitedMs: seen(2_845) }), statement: 2, size: seen(0) },
        { ...cost(4), statement: 3, size: seen(0) },
      ],
    },
    {
      ...cost(2_140, { rows: 4_938, wal: seen(0, false), temp: seen(0, false) }),
      ...{ migration: '0008_mark_overdue_invoices', size: seen(1_310_720, false), predictedMs: { low: 1_000, high: 5_000 } },
      statements: [{ ...cost(2_140, { rows: 4_938, wal: seen(0, false), temp: seen(0, false) }), statement: 4, size: seen(0) }],
    },
    {
      ...cost(4_100, { wal: seen(370_000), temp: seen(16_777_216) }),
      ...{ migration: '0009_index_open_invoices', size: seen(688_128), predictedMs: { low: 2_050, high: 16_400 } },
      statements: [{ ...cost(4_100, { wal: seen(370_000), temp: seen(16_777_216) }), statement: 5, size: seen(688_128) }],
    },
  ];
  return {
    cost: {
      ...cost(9_280, { workMs: 6_253, waitedMs: seen(2_845), rows: 4_938, wal: seen(411_200, false), temp: seen(16_777_216, false) }),
      migrations,
      histogram: [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000, undefined].map((toMs, at, ends) => ({
        fromMs: ends[at - 1] ?? 0,
        ...(toMs === undefined ? {} : { toMs }),
        statements: [2, 0, 0, 3, 0, 0, 0, 0][at] ?? 0,
      })),
      size: seen(1_998_848, false),
    },
    window: {
      measuredMs: 6_253,
      lowMs: 3_126,
      highMs: 34_012,
      basis: ['6.3 s of work were measured here; production is taken to need 0.5 to 4 times as long.'],
    },
    lag: {
      fastest: { statement: 5, bytesPerSecond: 90_000 },
      lagMs: { low: 0, high: 1_400 },
      risk: 'possible',
      basis: ['Standbys are taken to replay 20 MB to 200 MB a second.'],
    },
  };
}

export function exampleRetry(): RetryRehearsal {
  return {
    ...{ lockTimeoutMs: 500, retries: 5, pauseMs: 1_000, because: 'queued', outcome: 'succeeded', attempts: 3 },
    ...{ worstStallMs: 512, worstSession: 'reader of public.tenant', durationMs: 3_240 },
  };
}

export function exampleBackfill(): BackfillReport {
  const durations = [100, 1_800, 420];
  return {
    ...{ name: 'backfill-tenants', table: 'public.invoice', role: 'arrowroot_migrator', limitMs: 1_000, batches: 9_000, endedBy: 'time' },
    samples: durations.map((durationMs, at) => ({
      share: [0, 1, 0.5][at] ?? 0,
      firstId: String(at * 1_000),
      lastId: String(at * 1_000 + 999),
      rows: 1_000,
      durationMs,
    })),
    window: {
      measuredMs: 6_960_000,
      lowMs: 450_000,
      highMs: 8_100_000,
      basis: ['3 samples of 9,000, spread evenly over the ids, took 100 ms to 1.8 s each on a clone.'],
    },
  };
}
