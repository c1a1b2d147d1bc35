import type { RowRange } from './evaluate-bounds.ts';

/** A bound as people read it. @example showRange({ min: 0, max: 5 }) // '0 to 5' */
export function showRange({ min, max }: RowRange): string {
  const show = (count: number) => count.toLocaleString('en-US');
  if (max === undefined) return `at least ${show(min)}`;
  return min === max ? show(min) : `${show(min)} to ${show(max)}`;
}

/** What follows it in a sentence. */
export function wereExpected({ min, max }: RowRange): string {
  return min === 1 && max === 1 ? 'was expected' : 'were expected';
}

/** Both ends are included. */
export function isWithin(actual: number, { min, max }: RowRange): boolean {
  return actual >= min && (max === undefined || actual <= max);
}

/** Where the bound's numbers come from, as sentences; none where they were written down. */
export function originOfRange({ query, share }: RowRange): readonly string[] {
  return [
    ...(query === undefined ? [] : [`The bound is a query that was run on the clone before migrating: ${query}`]),
    ...(share === undefined ? [] : [`The bound is ${share} that the table had before migrating.`]),
  ];
}
