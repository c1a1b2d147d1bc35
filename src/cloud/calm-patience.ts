import type { Patience } from './cloud-thing.ts';

/** Milliseconds. A backup of production, or a small change of it, passes in minutes. */
const longestMs = 30 * 60_000;

/**
 * How long production that is busy with something else is waited for, which refuses snapshots and clones then: half an hour at the longest. What takes longer is
 * somebody's work on it, and a run that begins after that would be about another production.
 */
export function calmPatience({ pollMs, waitMs }: Patience): Patience {
  return { pollMs, waitMs: Math.min(waitMs, longestMs) };
}
