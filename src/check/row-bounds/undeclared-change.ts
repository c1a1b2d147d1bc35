import { type Finding, findingId } from '../../core/finding.ts';
import { showCount } from '../show-count.ts';
import { rowBounds } from './about.ts';
import { type MassLimits, massiveChange } from './massive-change.ts';
import type { TableRowChange } from './row-changes.ts';

const kinds = ['inserted', 'updated', 'deleted'] as const;

/**
 * Rows that changed although nobody declared it. Told for the topmost partitioned table instead of for each partition; a bound on a partition
 * or on a table above covers it. Blocks where undeclared changes fail, or where it is a mass change.
 *
 * @param declared kinds of change that have a bound, by the table's oid
 * @param mass undefined: no change is too large
 */
export function undeclaredChange(
  change: TableRowChange,
  changes: readonly TableRowChange[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
  policy: 'fail' | 'report',
  mass: MassLimits | undefined,
): Finding | undefined {
  if (change.above.length > 0) return undefined;
  const below = changes.filter(({ above }) => above.includes(change.oid));
  const covered = new Set(declared.get(change.oid));
  // The number of rows afterwards says how many more or fewer there are, and not how many others took their places.
  const replaced = Math.min(change.inserted, change.deleted);
  const isNet = (kind: string) => kind !== 'updated' && covered.has('rows') && replaced === 0;
  const open = kinds.filter((kind) => !covered.has(kind) && !isNet(kind) && leftOpen(kind, change, below, declared) > 0);
  // Rows can also come and go with a whole partition, which no counter sees.
  const moved = covered.size === 0 && open.length === 0 && (change.before ?? 0) !== (change.after ?? 0);
  if (open.length === 0 && !moved) return undefined;
  const what = moved
    ? `went from ${change.before ?? 0} to ${showCount(change.after ?? 0, 'row')}`
    : open.map((kind) => `${change[kind].toLocaleString('en-US')} ${kind}`).join(', ');
  const object = { kind: 'table', name: change.name };
  const counted = Object.fromEntries(
    open.map((kind) => [kind, Math.min(leftOpen(kind, change, below, declared), covered.has('rows') && kind !== 'updated' ? replaced : Infinity)]),
  );
  const massive = mass === undefined ? undefined : massiveChange({ change, open: counted, moved, limits: mass });
  const detail = [
    ...(massive === undefined ? [] : [massive]),
    ...(change.truncated > 0 ? [`${showCount(change.truncated, 'row')} went by TRUNCATE.`] : []),
    ...(change.after === undefined ? ['The table was dropped.'] : change.before === undefined ? ['The table is new.'] : []),
    ...(change.rolledBack ? ['The numbers may hold rows of statements that were rolled back inside of a migration.'] : []),
    ...(change.formerName === undefined || change.formerName === change.name ? [] : [`Before migrating the table was called ${change.formerName}.`]),
  ];
  return {
    id: findingId(rowBounds.check, object, 'undeclared'),
    check: rowBounds.check,
    phase: rowBounds.phase,
    severity: policy === 'fail' ? 'blocker' : massive === undefined ? 'warning' : change.rolledBack && change.after !== 0 ? 'doubt' : 'blocker',
    rootCause: 'data-volume',
    object,
    title: moved ? `${change.name} ${what} without a bound that says so` : `Rows of ${change.name} changed without a bound that says so: ${what}`,
    ...(detail.length === 0 ? {} : { detail: detail.join(' ') }),
    actual: what,
    cure: `Declare it in data.bounds for ${change.name}, or correct the migration.`,
  };
}

/** What bounds on single partitions don't cover. */
function leftOpen(
  kind: (typeof kinds)[number],
  change: TableRowChange,
  below: readonly TableRowChange[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
): number {
  const inPartitions = below.filter(({ oid }) => declared.get(oid)?.has(kind) === true).reduce((sum, partition) => sum + partition[kind], 0);
  return change[kind] - inPartitions;
}
