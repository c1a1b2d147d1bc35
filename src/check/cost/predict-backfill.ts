import type { BatchSample, Prediction } from '../../core/cost.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { type Production, unknownProduction } from './predict-window.ts';

/**
 * How long all of a backfill will take in production, from the batches that were tried; undefined without any. Pure. The model: at best every batch is like the
 * quickest one on a faster machine, at worst like the slowest one on a slower machine; each is a commit of its own, with the declared pause after it.
 *
 * @example predictBackfill({ samples, batches: 1_200, pauseMs: 100 })?.highMs
 */
export function predictBackfill(
  { samples, batches, pauseMs }: { readonly samples: readonly BatchSample[]; readonly batches: number; readonly pauseMs: number },
  { slowdown, commitMs }: Production = unknownProduction,
): Prediction | undefined {
  if (samples.length === 0) return undefined;
  const durations = samples.map(({ durationMs }) => durationMs);
  const [quickest, slowest] = [Math.min(...durations), Math.max(...durations)];
  const mean = durations.reduce((sum, one) => sum + one, 0) / durations.length;
  const pausesMs = Math.max(0, batches - 1) * pauseMs;
  return {
    measuredMs: mean * batches + pausesMs,
    lowMs: batches * (quickest * slowdown.low + commitMs.low) + pausesMs,
    highMs: batches * (slowest * slowdown.high + commitMs.high) + pausesMs,
    basis: [
      `${showCount(samples.length, 'sample')} of ${batches.toLocaleString('en-US')}, spread evenly over the ids, took ${showDuration(quickest)} to ${showDuration(slowest)} each on a clone.`,
      `The low end takes all for the quickest, the high end for the slowest; production is taken to need ${slowdown.low} to ${slowdown.high} times as long.`,
      `Each batch is a commit, ${commitMs.low} to ${commitMs.high} ms to be durable.`,
      ...(pausesMs === 0 ? [] : [`The pauses between them are ${showDuration(pausesMs)} of it.`]),
      'Nobody else used the clone: waiting for rows that the application holds isn’t in it.',
    ],
  };
}
