import { type FaultPoint, type PointKind, pointKinds } from './hold-program.ts';

/** What is done last decides whether something looks whole. */
const lastOnes = 30;

/** How many moments of each kind a program had when nothing disturbed it. */
export type PointCounts = Readonly<Record<PointKind, number>>;

/**
 * A moment of a program: of any kind, and half of the time one of the last of its kind.
 *
 * @param random gives numbers from 0 to 1
 */
export function choosePoint(counts: PointCounts, random: () => number): FaultPoint {
  const kinds = pointKinds.filter((kind) => counts[kind] > 0);
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'file';
  const most = counts[kind];
  const from = random() < 0.5 ? Math.max(1, most - lastOnes) : 1;
  return { kind, nth: from + Math.floor(random() * (most - from + 1)) };
}

/** The moments before a point, as far as those of other kinds are spread like its own: where it came too late. */
export function countsBefore(counts: PointCounts, { kind, nth }: FaultPoint): PointCounts {
  const share = Math.min(1, (nth - 1) / counts[kind]);
  return { file: Math.floor(counts.file * share), socket: Math.floor(counts.socket * share), process: Math.floor(counts.process * share) };
}
