import { readColumns, type TablePlace } from '../../check/preservation/read-columns.ts';
import { mayHideWrites } from '../../check/preservation/untouched-tables.ts';
import { sumPartitions } from '../../check/rollback/sum-partitions.ts';
import { type RowVolumes, readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import { hashTables } from '../../copy/parity/hash-tables.ts';
import { type TableHash, tableName } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { withSession } from '../with-session.ts';

/** What the tables of a clone hold at one moment, by name: going back may have made them anew. */
export interface TableMoment {
  readonly places: readonly TablePlace[];
  readonly volumes: RowVolumes;
  /** As hashTables gave them: leaves of partitioned tables by themselves. */
  readonly hashes: readonly TableHash[];
  /** Partitioned tables in place of their leaves. */
  readonly tables: readonly TableHash[];
}

/** Where the tables are, and how much was written to them so far, without what they hold. */
export type TablePlaces = Pick<TableMoment, 'places' | 'volumes'>;

/** Throws SqlError and FailureError. */
export async function readTablePlaces(context: Context, clone: Address): Promise<TablePlaces> {
  const read = await withSession(context, clone, async (session) => ok({ volumes: await readRowVolumes(session), places: await readColumns(session) }));
  if (!read.ok) throw new FailureError(read.failure);
  return read.value;
}

/**
 * Reads what every table holds. Throws SqlError and FailureError.
 *
 * @param role who wrote in between; a role that may write uncounted makes every table be hashed
 * @param earlier an earlier moment of the same clone: tables that provably weren't written since aren't hashed again
 */
export async function readTableMoment(context: Context, clone: Address, role: string, earlier?: TableMoment): Promise<TableMoment> {
  const now = await readTablePlaces(context, clone);
  const known = earlier === undefined ? new Map<string, TableHash>() : await unwritten(context, clone, role, earlier, now);
  const fresh = await hashTables(context, clone, { wanted: (table) => !known.has(tableName(table)) });
  const hashes = [...known.values(), ...fresh];
  return { ...now, hashes, tables: sumPartitions(hashes, now.places) };
}

/** Hashes that still hold: of tables with the same file, the same columns under the same names, and counters that haven't moved. */
async function unwritten(context: Context, clone: Address, role: string, earlier: TableMoment, now: TablePlaces): Promise<Map<string, TableHash>> {
  const hides = await withSession(context, clone, async (session) => ok(await mayHideWrites(session, role)));
  if (!hides.ok) throw new FailureError(hides.failure);
  if (hides.value || earlier.volumes.problem !== undefined || now.volumes.problem !== undefined) return new Map();
  const hashes = new Map(earlier.hashes.map((hash) => [tableName(hash), hash]));
  const [was, is] = [earlier, now].map(({ volumes }) => new Map(volumes.tables.map((table) => [table.oid, table])));
  const places = new Map(earlier.places.map((place) => [place.oid, place]));
  return new Map(
    now.places.flatMap((place): readonly [string, TableHash][] => {
      const [old, counted, counts] = [places.get(place.oid), was?.get(place.oid), is?.get(place.oid)];
      // A leaf that is hashed as a part of its root has no hash of its own, and is hashed again with it.
      const hash = hashes.get(tableName(place));
      if (old === undefined || counted === undefined || counts === undefined || hash === undefined || place.file === '0' || place.file !== old.file) return [];
      const written = (['rows', 'inserted', 'updated', 'deleted'] as const).some((key) => counted[key] !== counts[key]);
      const same = tableName(old) === tableName(place) && JSON.stringify(old.columns) === JSON.stringify(place.columns);
      return written || !same ? [] : [[tableName(place), hash]];
    }),
  );
}
