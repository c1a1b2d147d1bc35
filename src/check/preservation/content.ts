import { type TableHash, tableName } from '../../core/data.ts';
import type { TablePlace } from './read-columns.ts';

/** What the tables of a database hold at one moment. */
export interface Content {
  /** By oid. Partitioned tables too: what their leaves hold together. */
  readonly tables: ReadonlyMap<string, TableContent>;
}

export interface TableContent {
  readonly oid: string;
  /** Quoted only where Postgres would need it. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** The partitioned table above. */
  readonly parent: string | undefined;
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly ColumnContent[];
  /** Oids of what holds its rows: its own, or its leaves'. */
  readonly stores: readonly string[];
}

export interface ColumnContent {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly generated: boolean;
  /** Rows in which it is not null. */
  readonly values: number;
  /** Sum of the hashes of its values: of two parts together it is the sum of theirs. */
  readonly sum: bigint;
}

/** Joins what the tables hold with what survives their renaming. */
export function contentOf(places: readonly TablePlace[], hashes: readonly TableHash[]): Content {
  const hashed = new Map(hashes.map((hash) => [tableName(hash), hash]));
  const below = Map.groupBy(places, ({ parent }) => parent);
  const storesOf = (place: TablePlace): readonly TablePlace[] =>
    hashed.has(tableName(place)) ? [place] : (below.get(place.oid) ?? []).flatMap((child) => storesOf(child));
  const tables = places.map((place): TableContent => {
    const stores = storesOf(place);
    const parts = stores.map((store) => hashed.get(tableName(store)));
    return {
      oid: place.oid,
      name: tableName(place),
      schema: place.schema,
      table: place.table,
      parent: place.parent,
      file: place.file,
      rows: parts.reduce((sum, part) => sum + (part?.rows ?? 0), 0),
      columns: place.columns.map((column) => {
        const own = parts.flatMap((part) => part?.columns.find((one) => one.column === column.name) ?? []);
        const sum = own.reduce((total, { hash }) => total + BigInt(`0x${hash}`), 0n);
        return { ...column, values: own.reduce((total, { values }) => total + values, 0), sum: BigInt.asUintN(64, sum) };
      }),
      stores: stores.map(({ oid }) => oid),
    };
  });
  return { tables: new Map(tables.map((table) => [table.oid, table])) };
}
