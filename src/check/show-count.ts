/**
 * A number of things, with separators.
 *
 * @example showCount(3187, 'row') // '3,187 rows'
 */
export function showCount(count: number, singular: string): string {
  return `${count.toLocaleString('en-US')} ${singular}${count === 1 ? '' : 's'}`;
}
