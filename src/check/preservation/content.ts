import { type TableColumnHashes, tableName } from '../../core/data.ts';
import type { LargeObjects } from './large-objects.ts';
import type { ColumnPlace, TablePlace } from './read-columns.ts';
import type { TypeDefinitions } from './type-definitions.ts';

/** What the tables of a database hold at one moment. */
export interface Content {
  /** By oid. Partitioned tables too: what their leaves hold together. */
  readonly tables: ReadonlyMap<string, TableContent>;
  /** Numbers of the columns of each primary key, by the table's oid. */
  readonly keys?: ReadonlyMap<string, readonly number[]>;
  /** Whether somebody's functions may write rows that no counter sees. */
  readonly definersHide?: boolean;
  /** Set where only some of the rows were hashed. */
  readonly sample?: ContentSample;
  /** What values of types that the team made mean. */
  readonly types?: TypeDefinitions;
  readonly largeObjects?: LargeObjects;
}

export interface ContentSample {
  readonly percent: number;
  /** By the oid of each table of which some rows were: numbers of the columns that chose them, in their order. */
  readonly keys: ReadonlyMap<string, readonly number[]>;
}

export interface TableContent {
  readonly oid: string;
  /** Quoted only where Postgres would need it. */
  readonly name: string;
  /** Set where it is no table. */
  readonly kind?: 'view';
  readonly schema: string;
  readonly table: string;
  /** The partitioned table above. */
  readonly parent: string | undefined;
  /** Oids of the tables above that show its rows besides their own, being no partitioned ones. */
  readonly inherits: readonly string[];
  readonly unlogged: boolean;
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly ColumnContent[];
  /** Oids of what holds its rows: its own, or its leaves'. */
  readonly stores: readonly string[];
}

export interface ColumnContent extends ColumnPlace {
  /** Rows in which it is not null. */
  readonly values: number;
  /** Sum of the hashes of its values: of two parts together it is the sum of theirs. */
  readonly sum: bigint;
}

/** Rows of one store, with the values of its columns by name. */
interface Held {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, { readonly values: number; readonly sum: bigint }>;
}

/**
 * Joins what the tables hold with what survives their renaming.
 *
 * @param unchanged tables that hold what they held at another moment, by oid: they needn't have been hashed
 */
export function contentOf(
  places: readonly TablePlace[],
  hashes: readonly TableColumnHashes[],
  unchanged: ReadonlyMap<string, TableContent> = new Map(),
): Content {
  const hashed = new Map(hashes.map((hash) => [tableName(hash), hash]));
  const heldBy = (place: TablePlace) => heldAsBefore(place, unchanged.get(place.oid)) ?? heldAsHashed(hashed.get(tableName(place)));
  const below = Map.groupBy(places, ({ parent }) => parent);
  const storesOf = (place: TablePlace): readonly { readonly oid: string; readonly held: Held }[] => {
    const held = heldBy(place);
    return held === undefined ? (below.get(place.oid) ?? []).flatMap((child) => storesOf(child)) : [{ oid: place.oid, held }];
  };
  const tables = places.map((place): TableContent => {
    const stores = storesOf(place);
    return {
      oid: place.oid,
      name: tableName(place),
      schema: place.schema,
      table: place.table,
      parent: place.parent,
      inherits: place.inherits,
      unlogged: place.unlogged,
      file: place.file,
      rows: stores.reduce((sum, { held }) => sum + held.rows, 0),
      columns: place.columns.map((column) => {
        const parts = stores.flatMap(({ held }) => held.columns.get(column.name) ?? []);
        const sum = parts.reduce((total, part) => total + part.sum, 0n);
        return { ...column, values: parts.reduce((total, { values }) => total + values, 0), sum: BigInt.asUintN(64, sum) };
      }),
      stores: stores.map(({ oid }) => oid),
    };
  });
  return { tables: new Map(tables.map((table) => [table.oid, table])) };
}

function heldAsHashed(hash: TableColumnHashes | undefined): Held | undefined {
  if (hash === undefined) return undefined;
  return { rows: hash.rows, columns: new Map(hash.columns.map(({ column, values, hash }) => [column, { values, sum: BigInt(`0x${hash}`) }])) };
}

function heldAsBefore({ columns }: TablePlace, before: TableContent | undefined): Held | undefined {
  if (before === undefined) return undefined;
  const was = new Map(before.columns.map((column) => [column.number, column]));
  return { rows: before.rows, columns: new Map(columns.map(({ number, name }) => [name, was.get(number) ?? { values: 0, sum: 0n }])) };
}
