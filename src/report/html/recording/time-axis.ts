/** Times on the axis and where they stand. */
export interface TimeAxis {
  readonly totalMs: number;
  readonly ticks: readonly number[];
  /** How far to the right a time stands, in percent of the width. */
  readonly at: (ms: number) => number;
}

/** Steps of 1, 2 and 5 for what is shorter than a minute; of a clock above. */
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440].map((minutes) => minutes * 60_000),
);

/** An axis from 0 to a duration, with at most `most` ticks besides zero. */
export function timeAxis(totalMs: number, most = 8): TimeAxis {
  const end = Math.max(1, totalMs);
  const step = steps.find((candidate) => end / candidate <= most) ?? Math.ceil(end / most / 86_400_000) * 86_400_000;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return { totalMs: end, ticks, at: (ms) => (Math.min(end, Math.max(0, ms)) / end) * 100 };
}
