import type { Cost, LagRisk, Prediction, Range, RecordingCost, Seen } from '../../core/cost.ts';
import type { RecordedTransaction } from '../../core/recording.ts';
import { showBytes } from '../show-bytes.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';

/** What is known of production's machine, as ranges. */
export interface Production {
  /** How many times as long as here the same work takes: processors, memory and the reading of data. */
  readonly slowdown: Range;
  /** How long the disk takes to make a commit durable, in milliseconds; pg_test_fsync measures it. */
  readonly commitMs: Range;
  /** How fast WAL is written, in bytes a second. */
  readonly walBytesPerSecond: Range;
  /** How much more WAL there is, since whole pages go into it after a checkpoint; copies run without. */
  readonly walGrowth: Range;
  /** How fast a standby replays, in bytes a second: one process does it. */
  readonly replayBytesPerSecond: Range;
}

const MiB = 1024 * 1024;

/**
 * Where nothing is known of production: from a fast local disk and a processor like this one's to a network disk and a smaller, busier machine. These are
 * assumptions, wide on purpose, and are told with every prediction.
 */
export const unknownProduction: Production = {
  slowdown: { low: 0.5, high: 4 },
  commitMs: { low: 0.1, high: 10 },
  walBytesPerSecond: { low: 50 * MiB, high: 500 * MiB },
  walGrowth: { low: 1, high: 3 },
  replayBytesPerSecond: { low: 20 * MiB, high: 200 * MiB },
};

/**
 * How long the migrations will take in production. Pure. The model: their own work here, times how much slower or faster production is, plus one durable write for
 * each commit, plus the time for their WAL to be written. What they wait for locks isn't predicted: it depends on production's traffic.
 *
 * @example predictWindow(cost, recording.transactions) // { measuredMs: 12_000, lowMs: 6_100, highMs: 61_000, basis: […] }
 */
export function predictWindow(
  cost: Pick<Cost, 'workMs' | 'waitedMs' | 'wal'>,
  transactions: readonly RecordedTransaction[],
  production: Production = unknownProduction,
): Prediction {
  const { slowdown, commitMs, walBytesPerSecond, walGrowth } = production;
  // What wrote nothing has nothing to make durable.
  const commits = transactions.filter(({ outcome, walBytes }) => outcome === 'committed' && walBytes !== 0).length;
  const walMs = { low: timeFor(cost.wal, walGrowth.low, walBytesPerSecond.high), high: timeFor(cost.wal, walGrowth.high, walBytesPerSecond.low) };
  return {
    measuredMs: cost.workMs,
    // In the good case WAL is written while the work goes on.
    lowMs: Math.max(cost.workMs * slowdown.low, walMs.low) + commits * commitMs.low,
    highMs: cost.workMs * slowdown.high + walMs.high + commits * commitMs.high,
    basis: [
      `${showDuration(cost.workMs)} of work were measured here, on a copy that doesn’t wait for its disk; production is taken to need ${slowdown.low} to ${slowdown.high} times as long.`,
      `${showCount(commits, 'commit')}, each ${commitMs.low} to ${commitMs.high} ms to be durable.`,
      `${cost.wal.complete ? '' : 'At least '}${showBytes(cost.wal.value)} of WAL, ${walGrowth.low} to ${walGrowth.high} times that with whole pages, written at ${showBytes(walBytesPerSecond.low)} to ${showBytes(walBytesPerSecond.high)} a second.`,
      cost.waitedMs.value === 0
        ? 'Waiting for locks isn’t in it.'
        : `Waiting for locks isn’t in it; here it was ${cost.waitedMs.complete ? '' : 'at least '}${showDuration(cost.waitedMs.value)}.`,
      ...(cost.wal.complete ? [] : ['Of some statements the WAL couldn’t be seen: it may take longer.']),
    ],
  };
}

/** A standby that is behind by less than this is as good as up to date, in milliseconds. */
const noticedMs = 1_000;
/** Of WAL that is written within less than this nobody can tell a rate, in milliseconds. */
const shortestMs = 1;

/**
 * Whether standbys, and consumers of logical replication, will fall behind because of the migrations' WAL. Pure. The model: WAL is replayed by one process at its own
 * rate from when it is written; statements that write faster than that pile up a backlog, slower ones let it shrink.
 */
export function replicationLagRisk(cost: RecordingCost, production: Production = unknownProduction): LagRisk {
  const { replayBytesPerSecond, walGrowth } = production;
  const statements = cost.migrations.flatMap(({ statements }) => statements);
  const seen = statements.filter(({ wal }) => wal.complete);
  const rates = seen.map(({ statement, wal, workMs }) => ({ statement, bytesPerSecond: (wal.value / Math.max(workMs, shortestMs)) * 1_000 }));
  const fastest = rates.toSorted((a, b) => b.bytesPerSecond - a.bytesPerSecond)[0];
  const lagMs = {
    low: backlogMs(seen, walGrowth.low, replayBytesPerSecond.high),
    high: backlogMs(seen, walGrowth.high, replayBytesPerSecond.low),
  };
  const complete = seen.length === statements.length;
  return {
    ...(fastest === undefined ? {} : { fastest }),
    lagMs,
    risk: lagMs.low >= noticedMs ? 'likely' : lagMs.high >= noticedMs ? 'possible' : complete ? 'none' : 'unknown',
    basis: [
      `Standbys are taken to replay ${showBytes(replayBytesPerSecond.low)} to ${showBytes(replayBytesPerSecond.high)} a second, and to have nothing else to replay.`,
      `WAL is taken as it was written here, ${walGrowth.low} to ${walGrowth.high} times with whole pages; a slower production writes it more slowly and gives them more time.`,
      ...(complete ? [] : [`Of ${showCount(statements.length - seen.length, 'statement')} the WAL couldn’t be seen.`]),
    ],
  };
}

function backlogMs(statements: readonly { readonly wal: Seen; readonly workMs: number }[], growth: number, bytesPerSecond: number): number {
  let backlog = 0;
  for (const { wal, workMs } of statements) backlog = Math.max(0, backlog + wal.value * growth - (workMs / 1_000) * bytesPerSecond);
  return (backlog / bytesPerSecond) * 1_000;
}

/** Milliseconds. */
function timeFor({ value }: Seen, growth: number, bytesPerSecond: number): number {
  return ((value * growth) / bytesPerSecond) * 1_000;
}
