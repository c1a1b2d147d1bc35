import { showCount } from '../show-count.ts';
import type { Seen } from './expectation.ts';
import { showSeen } from './expectation.ts';
import type { Probe } from './probe.ts';

/** How many rows are counted at most: beyond, one more or less decides nothing, and tables may have billions. */
export const countedRows = 1_000_000;

/**
 * A query that counts rows, up to `countedRows`.
 *
 * @example counting('from public.lot where tenant = 1')
 */
export function counting(rest: string): string {
  return `select pg_catalog.count(*) from (select ${rest} limit ${countedRows}) as counted`;
}

/**
 * How a counted number is judged. An error is never an answer: it says nothing of the rows.
 *
 * @param unit what is counted, in the singular
 */
export function counted(count: number, unit = 'row'): Pick<Probe, 'judge' | 'expected' | 'show'> {
  const shown = (number: number) => (number === 0 ? `no ${unit}s` : `${showCount(number, unit)}${number === countedRows ? ' or more' : ''}`);
  const numberOf = (seen: Seen) => (seen.kind === 'value' && seen.rows === 1 && seen.value !== null ? Number(seen.value) : undefined);
  return {
    judge: (seen) => (numberOf(seen) === undefined ? 'cannot-tell' : numberOf(seen) === count ? 'holds' : 'violated'),
    expected: count === 0 ? 'none' : shown(count),
    show: (seen) => {
      const number = numberOf(seen);
      return number === undefined ? showSeen(seen) : shown(number);
    },
  };
}
