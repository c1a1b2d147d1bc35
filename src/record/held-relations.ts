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

/** What a session holds and hadn't told before. */
export interface HeldNews {
  readonly relations: readonly HeldRelation[];
  /** By oid, of the others too that nobody wants to hear of: whoever asks next hands them in, and is spared what is still the same. */
  readonly prints: readonly (readonly [number, string])[];
}

/** Looking at the size of a relation costs a look at each of its files, so it is only done where there are few. */
const SIZES_UP_TO = 50;

export interface HeldQuery {
  readonly databaseOid: number;
  /** SQL: a JSON object of prints by oid, of what needn't be told again. */
  readonly known: string;
  /** SQL: whether sizes are wanted. */
  readonly sizes: string;
}

/**
 * SQL: the relations of a database on which the asking session holds locks, except those that are as `known` has them.
 * A print is all that can change of a relation without a command on it: locks, file, and counters where there are any; in a long transaction that leaves
 * few of hundreds. Columns: `oid`, `print`, and `told`, an array in the order of `readHeld`.
 *
 * Only shared memory, the session's own counters and rows of catalogs are read; sizes only of what the session itself holds exclusively, so that nothing
 * can wait. Every operator has its schema, since the client's search_path may hold others of these names.
 */
export function heldRelationsQuery({ databaseOid, known, sizes }: HeldQuery): string {
  const bit = lockModes.map((mode, at) => `when l.mode operator(pg_catalog.=) '${mode}' then ${1 << at}`).join(' ');
  return `select r.oid, r.print, pg_catalog.json_build_array(r.oid::pg_catalog.int8, r.print, r.relkind, r.nspname, r.relname, coalesce(r.indrelid::pg_catalog.int8, 0),
      case when ${sizes} and r.modes operator(pg_catalog.>=) ${1 << 7} and r.changed operator(pg_catalog.<=) ${SIZES_UP_TO}
        and r.relkind operator(pg_catalog.=) any ('{r,m,i}'::pg_catalog."char"[]) then pg_catalog.pg_table_size(r.oid::pg_catalog.regclass) end
    ) as told
  from (
    select h.oid, h.modes, h.changed, c.relkind, n.nspname, c.relname, i.indrelid, case
        when c.relpersistence operator(pg_catalog.=) 't' or n.nspname operator(pg_catalog.=) 'pg_toast' then '${ofNobody}'
        when c.relkind operator(pg_catalog.=) any ('{i,I,S,v,c}'::pg_catalog."char"[]) then ${printOf(uncounted, 'h')}
        else ${printOf(counted, 'h')} end as print
    from (
      select f.oid, f.modes, pg_catalog.count(*) over () as changed
      from (
        select g.oid, g.modes, ${known} operator(pg_catalog.->>) g.oid::pg_catalog.text as before
        from (
          select l.relation as oid, pg_catalog.bit_or(case ${bit} else 0 end) as modes
          from pg_catalog.pg_locks l
          where l.locktype operator(pg_catalog.=) 'relation' and l.pid operator(pg_catalog.=) pg_catalog.pg_backend_pid()
          and l.database operator(pg_catalog.=) '${databaseOid}'::pg_catalog.oid and l.granted and l.relation operator(pg_catalog.>=) '16384'::pg_catalog.oid
          group by l.relation
        ) g
        offset 0
      ) f
      where case when f.before is null then true
        when f.before operator(pg_catalog.=) '${ofNobody}' then false
        when pg_catalog.starts_with(f.before, '${uncounted}') then f.before operator(pg_catalog.<>) ${printOf(uncounted, 'f')}
        else f.before operator(pg_catalog.<>) ${printOf(counted, 'f')} end
    ) h
    left join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) h.oid
    left join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
    left join pg_catalog.pg_index i on i.indexrelid operator(pg_catalog.=) h.oid
    offset 0
  ) r`;
}

/** SQL: `told` for relations by their oids in `array`, of which only the counters are asked for. */
export function countedRelationsQuery(array: string): string {
  return `select pg_catalog.json_build_array(o.oid::pg_catalog.int8, pg_catalog.concat_ws(' ', '${counted}', 0, 0, ${countsOf('o.oid')}), null, null, null, 0, null) as told
  from pg_catalog.unnest(${array}) o (oid)`;
}

/** A print's first letter: of what has no rows of its own, the counters needn't be read. */
const counted = 't';
const uncounted = 'i';
/** The print of a temporary or TOAST relation, which nobody wants to hear of. */
const ofNobody = '-';

function printOf(sort: typeof counted | typeof uncounted, held: string): string {
  const filenode = `coalesce(pg_catalog.pg_relation_filenode(${held}.oid::pg_catalog.regclass)::pg_catalog.int8, 0)`;
  return `pg_catalog.concat_ws(' ', '${sort}', ${held}.modes, ${filenode}${sort === counted ? `, ${countsOf(`${held}.oid`)}` : ''})`;
}

function countsOf(oid: string): string {
  return ['numscans', 'tuples_returned', 'tuples_inserted', 'tuples_updated', 'tuples_deleted']
    .map((count) => `coalesce(pg_catalog.pg_stat_get_xact_${count}(${oid}), 0)`)
    .join(', ');
}

/** Reads an array of `told`. */
export function readHeld(json: unknown): HeldNews {
  const rows = json as readonly HeldRow[];
  return {
    relations: rows.filter(([, print]) => print !== ofNobody).map(readRelation),
    prints: rows.map(([oid, print]) => [oid, print]),
  };
}

function readRelation([oid, print, kind, schema, name, table, bytes]: HeldRow): HeldRelation {
  const [, mask = 0, filenode = 0, scans = 0, rowsRead = 0, inserted = 0, updated = 0, deleted = 0] = print.split(' ').map(Number);
  return {
    oid,
    modes: lockModes.filter((_, at) => (mask & (1 << at)) !== 0),
    ...(kind === null || schema === null || name === null ? {} : { row: { kind, schema, name, filenode, ...(table === 0 ? {} : { table }) } }),
    counts: { scans, rowsRead, inserted, updated, deleted },
    ...(bytes === null ? {} : { bytes }),
  };
}

type Text = string | null;
type HeldRow = readonly [oid: number, print: string, kind: Text, schema: Text, name: Text, table: number, bytes: number | null];
