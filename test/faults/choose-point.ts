import { type FaultPoint, type PointKind, pointKinds } from './hold-program.ts';

/** What is done last decides whether something looks whole. */
const lastOnes = 30;

/**
 * A moment among those that a program had when nothing disturbed it: of any kind, and half of the time one of the last of its kind.
 *
 * @param random gives numbers from 0 to 1
 */
export function choosePoint(counts: Readonly<Record<PointKind, number>>, random: () => number): FaultPoint {
  const kinds = pointKinds.filter((kind) => counts[kind] > 0);
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'file';
  const most = counts[kind];
  const from = random() < 0.5 ? Math.max(1, most - lastOnes) : 1;
  return { kind, nth: from + Math.floor(random() * (most - from + 1)) };
}
