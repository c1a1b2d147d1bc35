import type { TableRowChange } from '../row-bounds/row-changes.ts';
import type { Content, TableContent } from './content.ts';
import { type ColumnFate, freshColumns, type Place } from './follow-columns.ts';

/** Values that a question follows: where they were, and where they are. */
export interface FollowedColumn {
  readonly was: Place['column'];
  readonly is: Place['column'];
}

/** Whether values of several columns stand beside each other as they did. */
export interface RowQuestion {
  readonly from: TableContent;
  readonly to: TableContent;
  /** What moved there, or was altered. */
  readonly about: readonly FollowedColumn[];
  /** Each is a way to tell the rows by; one that holds is enough. */
  readonly beside: readonly (readonly FollowedColumn[])[];
  /** False: what would tell the rows apart may be new numbers of the new table's own. */
  readonly certain: boolean;
}

/**
 * What sums of single columns can't tell, as questions: of tables that were written anew with columns altered, no row having been written, since USING may give one
 * row's value to another; and of columns that went elsewhere, since a wrong join does. Pure.
 *
 * @param keys numbers of the columns of each table's primary key as it was, by oid
 */
export function rowQuestions(
  fates: readonly ColumnFate[],
  before: Content,
  after: Content,
  changes: readonly TableRowChange[],
  keys: ReadonlyMap<string, readonly number[]>,
): readonly RowQuestion[] {
  const tables = Map.groupBy(fates, ({ table }) => table);
  return [...tables].flatMap(([table, own]) => {
    const kept = own.flatMap(({ fate, column, to }) => (fate === 'kept' && to?.table.oid === table.oid && hasValuesOf(column, to) ? [pair(column, to)] : []));
    const moved = own.flatMap(({ fate, column, to }) => (fate === 'moved' && to !== undefined && hasValuesOf(column, to) ? [{ was: column, to }] : []));
    const places = Map.groupBy(moved, ({ to }) => to.table);
    return [
      ...rewritten(table, after, before, kept, changes),
      ...[...places].flatMap(([to, all]) => {
        const about = all.map((one) => pair(one.was, one.to));
        return to.oid === table.oid ? beside(table, to, about, kept) : elsewhere(table, to, about, keys.get(table.oid) ?? [], freshColumns(before, after));
      }),
    ];
  });
}

function rewritten(
  table: TableContent,
  after: Content,
  before: Content,
  kept: readonly FollowedColumn[],
  changes: readonly TableRowChange[],
): readonly RowQuestion[] {
  const now = after.tables.get(table.oid);
  const altered = kept.filter(({ was, is }) => was.version !== is.version);
  const others = kept.filter((one) => !altered.includes(one));
  const anew = table.stores.some((oid) => after.tables.get(oid)?.file !== before.tables.get(oid)?.file);
  // Written rows are the row bounds' to judge.
  if (now === undefined || !anew || altered.length === 0 || kept.length < 2 || changes.some(({ oid }) => oid === table.oid)) return [];
  return [{ from: table, to: now, about: altered, beside: [others], certain: true }];
}

/** In the same table, what stayed tells its rows. */
function beside(from: TableContent, to: TableContent, about: readonly FollowedColumn[], kept: readonly FollowedColumn[]): readonly RowQuestion[] {
  return kept.length === 0 ? [] : [{ from, to, about, beside: [kept], certain: true }];
}

/** In another one, the key does, where it went along or where a new column holds its values; else what went there together. */
function elsewhere(
  from: TableContent,
  to: TableContent,
  about: readonly FollowedColumn[],
  key: readonly number[],
  fresh: readonly Place[],
): readonly RowQuestion[] {
  const [number] = key;
  const column = key.length === 1 ? from.columns.find((one) => one.number === number) : undefined;
  const went = about.some(({ was }) => was.number === number);
  const found = column === undefined || went ? [] : fresh.filter((place) => place.table.oid === to.oid && hasValuesOf(column, place));
  const ways = found.flatMap((place) => (column === undefined ? [] : [[pair(column, place)]]));
  if (ways.length > 0) return [{ from, to, about, beside: ways, certain: found.some((place) => !place.column.dealt) }];
  return about.length < 2 ? [] : [{ from, to, about, beside: [[]], certain: true }];
}

function pair(was: Place['column'], { column: is }: Place): FollowedColumn {
  return { was, is };
}

/** Not those that are only the same when they are read back. */
function hasValuesOf(was: Place['column'], { column: is }: Place): boolean {
  return was.values === is.values && was.sum === is.sum && !was.generated && !is.generated;
}
