import type { DataDifference, WayBackStep } from '../../core/rollback.ts';
import { showCount } from '../show-count.ts';

/** What was taken back, as the object of a sentence: `0002_tidy`, or `all migrations`. */
export function tellWhat({ migration }: Pick<WayBackStep, 'migration'>): string {
  return migration ?? 'all migrations';
}

/**
 * What going back has done to data, as a clause.
 *
 * @example tellData({ kind: 'column', object: { kind: 'column', name: 'public.item.colour' }, before: 300, after: 0 }) // 'public.item.colour loses its 300 values'
 */
export function tellData({ kind, object, before, after }: DataDifference): string {
  const { name } = object;
  switch (kind) {
    case 'table':
      return `${name} is gone with ${showCount(before, 'row')}`;
    case 'column':
      return `${name} loses ${before === 1 ? 'its only value' : `its ${showCount(before, 'value')}`}`;
    case 'rows':
      return after < before
        ? `${name} loses ${showCount(before - after, 'row')} of ${showCount(before, 'row')}`
        : `${name} has ${showCount(after - before, 'row')} more than before`;
    case 'values':
      return after < before
        ? `${name} loses ${showCount(before - after, 'value')} of ${showCount(before, 'value')}`
        : `${name} holds other values than before, ${showCount(before, 'value')} in all`;
    case 'pairing':
      return `${name} holds its values in other rows than before`;
    default:
      return kind satisfies never;
  }
}

/** How long something takes, added up where it was done in parts. */
export function backTime(steps: readonly WayBackStep[]): number | undefined {
  const timed = steps.flatMap(({ backMs }) => backMs ?? []);
  return timed.length === 0 ? undefined : timed.reduce((sum, ms) => sum + ms, 0);
}
