import { type Finding, findingId } from '../../core/finding.ts';
import type { StatementRecord } from '../../core/migration.ts';
import { showCount } from '../show-count.ts';
import { rowBounds } from './about.ts';
import { type BoundKind, boundKinds, type EvaluatedBound, type RowRange, rangeOfRows } from './evaluate-bounds.ts';
import type { TableVolume } from './read-row-volumes.ts';
import type { TableRowChange } from './row-changes.ts';
import { isWithin, originOfRange, showRange, wereExpected } from './show-range.ts';
import { statementThatWrote } from './statement-that-wrote.ts';

/**
 * A finding for each of a table's bounds that doesn't hold.
 *
 * @param rowsBefore those that the table had before migrating; undefined where there was none
 */
export function brokenBounds(
  bound: EvaluatedBound,
  table: TableVolume,
  rowsBefore: number | undefined,
  changes: readonly TableRowChange[],
  statements: readonly StatementRecord[],
): readonly Finding[] {
  const change = changes.find(({ oid }) => oid === table.oid);
  return boundKinds.flatMap((kind) => {
    const declared = bound.ranges[kind];
    if (declared === undefined) return [];
    const range = rangeOfRows(declared, rowsBefore);
    if (range === undefined) return [shareOfNothing(`${table.schema}.${table.table}`, kind)];
    const actual = measured(kind, change, table);
    if (isWithin(actual, range) && !mayBeFewer(kind, range, change)) return [];
    return [broken(kind, range, actual, change, `${table.schema}.${table.table}`, statements)];
  });
}

function measured(kind: BoundKind, change: TableRowChange | undefined, table: TableVolume): number {
  // Without a change the table is as it was, and its volume is the one afterwards.
  if (kind === 'rows') return change === undefined ? table.rows : (change.after ?? 0);
  return change?.[kind] ?? 0;
}

/** Counted rows that include rolled back ones may be enough only because of these. */
function mayBeFewer(kind: BoundKind, { min }: RowRange, change: TableRowChange | undefined): boolean {
  return change?.rolledBack === true && min > 0 && (kind === 'inserted' || kind === 'deleted');
}

function broken(
  kind: BoundKind,
  range: RowRange,
  actual: number,
  change: TableRowChange | undefined,
  name: string,
  statements: readonly StatementRecord[],
): Finding {
  const object = { kind: 'table', name };
  const statement = kind === 'rows' ? undefined : statementThatWrote(kind, actual, change, statements);
  const detail = [
    ...originOfRange(range),
    ...(change !== undefined && change.truncated > 0 && kind === 'deleted'
      ? [`${showCount(change.truncated, 'row')} went by TRUNCATE, which fires no row trigger.`]
      : []),
    ...(change?.rolledBack === true ? ['The number may hold rows of statements that were rolled back inside of a migration.'] : []),
    ...(change?.formerName === undefined || change.formerName === change.name ? [] : [`Before migrating the table was called ${change.formerName}.`]),
  ];
  return {
    id: findingId(rowBounds.check, object, kind),
    check: rowBounds.check,
    phase: rowBounds.phase,
    // A number that is only an upper limit proves nothing when it is too high, and all when it is too low.
    severity: change?.rolledBack === true && kind !== 'rows' && actual >= range.min ? 'doubt' : 'blocker',
    rootCause: 'data-volume',
    object,
    title:
      kind === 'rows'
        ? `${name} has ${showCount(actual, 'row')} after migrating; ${showRange(range)} ${wereExpected(range)}`
        : `The migrations ${kind} ${showCount(actual, 'row')} of ${name}; ${showRange(range)} ${wereExpected(range)}`,
    ...(detail.length === 0 ? {} : { detail: detail.join('\n') }),
    expected: `${showRange(range)} ${range.max === 1 && range.min === 1 ? 'row' : 'rows'}${kind === 'rows' ? '' : ` ${kind}`}`,
    actual: `${showCount(actual, 'row')}${kind === 'rows' ? '' : ` ${kind}`}`,
    ...(statement === undefined ? {} : { migration: statement.migration, place: statement.place }),
    cure: rowBounds.cure,
  };
}

/** A bound on a table that isn't there can't hold and can't be broken. */
export function unknownTable(name: string): Finding {
  const object = { kind: 'table', name };
  return {
    id: findingId(rowBounds.check, object, 'unknown'),
    check: rowBounds.check,
    phase: rowBounds.phase,
    severity: 'doubt',
    rootCause: 'data-volume',
    object,
    title: `data.bounds names ${name}, which exists neither before nor after migrating`,
    cure: 'Correct the name: schema.table, as the table is called after migrating.',
  };
}

/** A share of no rows says nothing. */
export function shareOfNothing(name: string, kind: BoundKind): Finding {
  const object = { kind: 'table', name };
  return {
    id: findingId(rowBounds.check, object, `${kind}-share`),
    check: rowBounds.check,
    phase: rowBounds.phase,
    severity: 'doubt',
    rootCause: 'data-volume',
    object,
    title: `The bound of ${name}, ${kind}, is a share of the rows that it had before migrating, and there was no such table`,
    cure: 'Give a number, a range or a query instead of a percentage.',
  };
}
