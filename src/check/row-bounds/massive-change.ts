import { showCount } from '../show-count.ts';
import type { TableRowChange } from './row-changes.ts';

/** From when on a change that nobody declared is too large to be only told: when it is more than both. */
export interface MassLimits {
  /** Of the rows that the table had before. */
  readonly percent: number;
  readonly rows: number;
  /** Tables, by oid, whose values may change or go as the team has declared elsewhere, and which kinds of change that makes expected. */
  readonly expected: ReadonlyMap<string, ReadonlySet<string>>;
  /** Another gate looks after the values of dropped tables. */
  readonly droppedAreJudged: boolean;
}

interface Asked {
  readonly change: TableRowChange;
  /** Rows by kind of change, without what is declared. */
  readonly open: Readonly<Record<string, number>>;
  /** Rows came or went in a way that no counter saw, such as with a partition. */
  readonly moved: boolean;
  readonly limits: MassLimits;
}

/**
 * Why a change that nobody declared is a mass change, in a sentence; undefined where it isn't one. Rows of a table that the migrations made themselves are not
 * existing data. Of a table that was dropped and made anew, only how many more or fewer there are counts: its values are followed elsewhere.
 */
export function massiveChange({ change, open, moved, limits }: Asked): string | undefined {
  const { before, after, name } = change;
  if (before === undefined || (after === undefined && limits.droppedAreJudged)) return undefined;
  const expected = limits.expected.get(change.oid);
  const now = after ?? 0;
  if (before > 0 && now === 0 && (moved || (open.deleted ?? 0) > 0) && expected?.has('deleted') !== true) {
    return `It emptied ${name}, which had ${showCount(before, 'row')}.`;
  }
  const net = { inserted: Math.max(0, now - before), updated: 0, deleted: Math.max(0, before - now) };
  const counted = change.replaced === true || moved ? net : open;
  for (const [kind, count] of Object.entries(counted)) {
    if (count === undefined || expected?.has(kind) === true) continue;
    if (count <= limits.rows || (before > 0 && count * 100 <= limits.percent * before)) continue;
    const share = before === 0 ? `and there were none before` : `${Math.round((count * 100) / before).toLocaleString('en-US')} % of what there was`;
    return `It is a mass change: ${showCount(count, 'row')} ${kind}, ${share}. More than ${showCount(limits.rows, 'row')} and ${limits.percent} % have to be declared.`;
  }
  return undefined;
}
