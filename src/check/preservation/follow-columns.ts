import type { ColumnContent, Content, TableContent } from './content.ts';

/** A column, and the table that it is in. */
export interface Place {
  readonly table: TableContent;
  readonly column: ColumnContent;
}

/** What a search for moved values has to be told. */
export interface Search {
  /** Whether a new column's values, when they are those of an old one, show that they came from there; they do unless told. */
  readonly proves?: (place: Place) => boolean;
  /** Finds the values of a column that is gone in a new one of another type, which hashes can't. */
  readonly retyped?: (lost: Place) => Place | undefined;
}

type Values = Pick<ColumnContent, 'values' | 'sum'>;

/** What became of the values of one column. */
export interface ColumnFate {
  readonly table: TableContent;
  readonly column: ColumnContent;
  /**
   * kept: in the same column, whatever it is called now. moved: in a column that is new. changed: the column has others now.
   * lost: the column is gone, and no new one has its values.
   */
  readonly fate: 'kept' | 'moved' | 'changed' | 'lost';
  /** Where they are, or what has taken their place. */
  readonly to?: Place;
}

/**
 * Follows every column that held values: by table and number where both are still there, else by the values themselves, to a column that is new. Of
 * partitioned tables the topmost is followed; where rows changed their partition, or a partition left or joined, sums over all of them tell.
 *
 * That moved values still stand in the same rows can't be told from sums.
 */
export function followColumns(before: Content, after: Content, search: Search = {}): readonly ColumnFate[] {
  const fates: ColumnFate[] = [];
  const fresh = freshColumns(before, after).filter((place) => search.proves?.(place) ?? true);
  for (const table of before.tables.values()) {
    if (table.parent !== undefined && before.tables.has(table.parent)) continue;
    const now = after.tables.get(table.oid);
    for (const column of table.columns) {
      if (column.values === 0) continue;
      const same = now?.columns.find(({ number }) => number === column.number);
      const stays = now !== undefined && same !== undefined ? { table: now, column: same } : undefined;
      if (isEqual(column, stays?.column ?? nothing) || isEqual(column, withPartitions(column, table, now, before, after))) {
        fates.push({ table, column, fate: 'kept', ...(stays && { to: stays }) });
        continue;
      }
      const places = fresh.filter((one) => isEqual(one.column, column));
      const place = places.find((one) => one.table.oid === table.oid) ?? places[0] ?? (stays === undefined ? search.retyped?.({ table, column }) : undefined);
      if (place !== undefined) fates.push({ table, column, fate: 'moved', to: place });
      else fates.push(stays === undefined ? { table, column, fate: 'lost' } : { table, column, fate: 'changed', to: stays });
    }
  }
  return fates;
}

/** Columns that weren't there before, those of new tables too; of partitioned tables the topmost. */
export function freshColumns(before: Content, after: Content): readonly Place[] {
  return [...after.tables.values()]
    .filter(({ parent }) => parent === undefined || !after.tables.has(parent))
    .flatMap((table) => {
      const numbers = new Set(before.tables.get(table.oid)?.columns.map(({ number }) => number));
      return table.columns.filter(({ number }) => !numbers.has(number)).map((column) => ({ table, column }));
    });
}

const nothing = { values: 0, sum: 0n };

/** A column's values in what holds the table's rows, wherever that belongs now: with partitions that have left it, without those that have joined. */
function withPartitions(column: ColumnContent, was: TableContent, now: TableContent | undefined, before: Content, after: Content): Values {
  const [had, has] = [new Set(was.stores), new Set(now?.stores)];
  const left = was.stores.filter((oid) => !has.has(oid)).flatMap((oid) => partOf(after.tables.get(oid), column));
  const joined = [...has].filter((oid) => !had.has(oid) && before.tables.has(oid)).flatMap((oid) => partOf(after.tables.get(oid), column));
  const own = now?.columns.filter(({ number }) => number === column.number) ?? [];
  const [all, none] = [total([...own, ...left]), total(joined)];
  return { values: all.values - none.values, sum: BigInt.asUintN(64, all.sum - none.sum) };
}

function total(parts: readonly Values[]): Values {
  return { values: parts.reduce((sum, part) => sum + part.values, 0), sum: parts.reduce((sum, part) => sum + part.sum, 0n) };
}

/** Partitions have the columns of their table under its names, though not its numbers. */
function partOf(partition: TableContent | undefined, { name }: ColumnContent): readonly ColumnContent[] {
  return partition?.columns.filter((one) => one.name === name) ?? [];
}

function isEqual(left: Values, right: Values): boolean {
  return left.values === right.values && left.sum === right.sum;
}
