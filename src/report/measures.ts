export { showBytes } from '../core/show-bytes.ts';

/** Figures as people read them. All reports share these, so that one value looks the same everywhere. */

/** Whole number with thousands separators: `312,480`. The same on every machine, whatever its locale. */
export function showCount(count: number): string {
  return wholeNumber.format(count);
}

/** Made once: making one costs more than a thousand numbers. */
const wholeNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `3 tables`, `1 table`. */
export function showCountOf(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** Milliseconds as `84 ms`, `6.2 s`, `3 min 20 s` or `2 h 5 min`. */
export function showDuration(durationMs: number): string {
  if (durationMs < 0.5) return '0 ms';
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}

/** An ISO 8601 instant as `21 Nov 2026, 02:45 UTC`; text that isn't one stays as it is. */
export function showInstant(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][time.getUTCMonth()];
  return `${time.getUTCDate()} ${month} ${time.getUTCFullYear()}, ${time.toISOString().slice(11, 16)} UTC`;
}

/** A change with its sign: `+120`, `−3`, `±0`. */
export function showChange(change: number): string {
  return change === 0 ? '±0' : `${change > 0 ? '+' : '−'}${showCount(Math.abs(change))}`;
}
