/**
 * A duration in milliseconds, for people.
 *
 * @example showDuration(0.4) // 'under 1 ms'
 * @example showDuration(1234) // '1.2 s'
 * @example showDuration(250_000) // '4 min 10 s'
 */
export function showDuration(milliseconds: number): string {
  if (milliseconds < 1) return 'under 1 ms';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min${rest === 0 ? '' : ` ${rest} s`}`;
}
