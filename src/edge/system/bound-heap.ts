import v8 from 'node:v8';

/** Bytes of the young generation from which on it grows no further. V8's own limit is 32 MiB for each of its halves, which stay resident once they were used. */
const youngBytes = 8 * 1024 * 1024;
/** Percent of what survived a full collection that may come on top before the next one. V8 lets a small heap grow to the four-fold. */
const growthPercent = 40;
/** Milliseconds between two looks. The young generation doubles, so a late one finds twice as much. */
const lookMs = 20;

/**
 * Keeps this process's heap small, for commands that make much garbage and hold little: a sync of many objects stays 100 MB below what V8 takes by default, for
 * some percent of its CPU time. Holds until the process ends; calling it again changes nothing.
 *
 * V8 reads both flags whenever it decides how far to grow (https://github.com/v8/v8/blob/main/src/flags/flag-definitions.h); limits that are given as arguments
 * would need a second process.
 *
 * @example boundHeap();
 */
export function boundHeap(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  const look = () => {
    const young = v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if ((young?.space_size ?? 0) < youngBytes) return;
    v8.setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  };
  const timer = setInterval(look, lookMs).unref();
  look();
}
