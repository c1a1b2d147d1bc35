import type { LockMode } from '../core/recording.ts';
import { lockModes } from '../core/recording.ts';

/** A relation that a session holds locks on, as that session sees it: its own uncommitted changes too. */
export interface HeldRelation {
  readonly oid: number;
  readonly modes: readonly LockMode[];
  /** Absent when the session has dropped it and only holds its lock. */
  readonly row?: {
    /** pg_class.relkind. */
    readonly kind: string;
    readonly schema: string;
    readonly name: string;
    /** The table of an index. */
    readonly table?: number;
    /** 0 where the relation has no storage. */
    readonly filenode: number;
  };
  /** Counted since the session's statistics were last handed in. */
  readonly counts: RelationCounts;
  /** Of a relation that is held exclusively, as pg_table_size counts: all forks, and TOAST. */
  readonly bytes?: number;
}

export interface RelationCounts {
  readonly scans: number;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export const noCounts: RelationCounts = { scans: 0, rowsRead: 0, inserted: 0, updated: 0, deleted: 0 };

/** Looking at the size of a relation costs a look at each of its files, so it is only done where few relations are held. */
const SIZES_UP_TO = 50;

/**
 * The relations of a database on which the asking session holds locks, as one JSON value: an array of arrays, in the order of `readHeld`.
 * Only shared memory, the session's own counters and rows of catalogs are read; sizes only of what the session itself holds exclusively, so that nothing
 * can wait. Catalogs, temporary and TOAST relations are left out.
 */
export function heldRelationsQuery(databaseOid: number): string {
  const bit = lockModes.map((mode, at) => `when '${mode}' then ${1 << at}`).join(' ');
  return `select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
      h.oid, h.modes, c.relkind, n.nspname, c.relname, coalesce(i.indrelid, 0)::pg_catalog.int8, coalesce(pg_catalog.pg_relation_filenode(h.oid::pg_catalog.oid), 0)::pg_catalog.int8,
      pg_catalog.pg_stat_get_xact_numscans(h.oid::pg_catalog.oid), pg_catalog.pg_stat_get_xact_tuples_returned(h.oid::pg_catalog.oid),
      pg_catalog.pg_stat_get_xact_tuples_inserted(h.oid::pg_catalog.oid), pg_catalog.pg_stat_get_xact_tuples_updated(h.oid::pg_catalog.oid),
      pg_catalog.pg_stat_get_xact_tuples_deleted(h.oid::pg_catalog.oid),
      case when h.modes >= ${1 << 7} and h.held <= ${SIZES_UP_TO} and c.relkind in ('r', 'm', 'i') then pg_catalog.pg_table_size(h.oid::pg_catalog.oid) end
    ) order by h.oid), '[]'::pg_catalog.json)::pg_catalog.text as json
  from (
    select l.relation::pg_catalog.int8 as oid, pg_catalog.bit_or(case l.mode ${bit} else 0 end) as modes, pg_catalog.count(*) over () as held
    from pg_catalog.pg_locks l
    where l.locktype = 'relation' and l.pid = pg_catalog.pg_backend_pid() and l.database = ${databaseOid} and l.granted and l.relation >= 16384
    group by l.relation
  ) h
  left join pg_catalog.pg_class c on c.oid = h.oid::pg_catalog.oid
  left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_index i on i.indexrelid = h.oid::pg_catalog.oid
  where c.relpersistence is distinct from 't' and n.nspname is distinct from 'pg_toast' and (n.nspname is null or n.nspname !~ '^pgrehearse_recorder_')`;
}

/** Reads what `heldRelationsQuery` gives. */
export function readHeld(json: unknown): readonly HeldRelation[] {
  return (json as HeldRow[]).map(([oid, mask, kind, schema, name, table, filenode, scans, rowsRead, inserted, updated, deleted, bytes]) => ({
    oid,
    modes: lockModes.filter((_, at) => (mask & (1 << at)) !== 0),
    ...(kind === null || schema === null || name === null ? {} : { row: { kind, schema, name, filenode, ...(table === 0 ? {} : { table }) } }),
    counts: { scans: scans ?? 0, rowsRead: rowsRead ?? 0, inserted: inserted ?? 0, updated: updated ?? 0, deleted: deleted ?? 0 },
    ...(bytes === null ? {} : { bytes }),
  }));
}

type Count = number | null;
type Text = string | null;
type HeldRow = [number, number, Text, Text, Text, number, number, Count, Count, Count, Count, Count, Count];
