import { hexadecimalHash, type TableHash, tableName } from '../../core/data.ts';
import type { TablePlace } from '../preservation/read-columns.ts';

/**
 * Puts partitioned tables in the place of their leaves: a hash of all rows is the sum of the hashes of their parts, so that which partition a row is in
 * doesn't matter. Pure.
 */
export function sumPartitions(hashes: readonly TableHash[], places: readonly Pick<TablePlace, 'oid' | 'schema' | 'table' | 'parent'>[]): readonly TableHash[] {
  const byOid = new Map(places.map((place) => [place.oid, place]));
  const byName = new Map(places.map((place) => [tableName(place), place]));
  const topOf = (hash: TableHash): Pick<TableHash, 'schema' | 'table'> => {
    let top = byName.get(tableName(hash));
    for (let above = top?.parent; above !== undefined && byOid.has(above); above = top?.parent) top = byOid.get(above);
    return top === undefined ? hash : { schema: top.schema, table: top.table };
  };
  const groups = Map.groupBy(hashes, (hash) => tableName(topOf(hash)));
  return [...groups.values()].map((parts) => {
    const [first] = parts;
    if (first === undefined) throw new Error('a group without parts');
    return parts.length === 1 ? { ...first, ...nameOf(topOf(first)) } : sum(nameOf(topOf(first)), parts);
  });
}

function nameOf({ schema, table }: Pick<TableHash, 'schema' | 'table'>) {
  return { schema, table };
}

function sum(name: Pick<TableHash, 'schema' | 'table'>, parts: readonly TableHash[]): TableHash {
  const columns = Map.groupBy(
    parts.flatMap((part) => part.columns),
    ({ column }) => column,
  );
  return {
    ...name,
    rows: parts.reduce((rows, part) => rows + part.rows, 0),
    rowHash: added(parts.map(({ rowHash }) => rowHash)),
    columns: [...columns].map(([column, of]) => ({
      column,
      values: of.reduce((values, one) => values + one.values, 0),
      hash: added(of.map(({ hash }) => hash)),
    })),
  };
}

function added(hashes: readonly string[]): string {
  return hexadecimalHash(hashes.reduce((total, hash) => total + BigInt(`0x${hash}`), 0n));
}
