import { setTimeout as sleep } from 'node:timers/promises';
import type { TableCount } from '../../core/data.ts';
import type { Session } from '../../core/ports.ts';
import { isLandlord } from '../../sql/is-landlord.ts';
import { qualifiedName } from '../../sql/quote.ts';

/** One table as it stands, with the server's own counters of rows written since the statistics began. */
export interface TableVolume {
  /** Survives renames. */
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** Changes when TRUNCATE or a rewrite gives the table a new file. */
  readonly file: string;
  /** The partitioned table above, if any. */
  readonly parent: string | undefined;
  readonly partitioned: boolean;
  /** Counted, not estimated. Of a partitioned table: its leaves' together. */
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface RowVolumes {
  readonly tables: readonly TableVolume[];
  /** When the counters were last set back, as the server says it; absent where they never were. */
  readonly resetAt?: string;
  /** Why the counters can't be relied on; absent where they can. */
  readonly problem?: string;
}

/** How long other sessions of the database are waited for, unless told: an idle one hands its counters over within 10 seconds. */
const defaultPatienceMs = 12_000;

/**
 * Whoever is still connected to this database, besides us: until it leaves (or has been idle for a while) its counters may be on their way. Our own watch
 * for strangers stays all the time, and only reads the server's list of sessions. So does the superuser of a cloud, where we can be none.
 */
const othersQuery = `
select count(*)::int as others
from pg_catalog.pg_stat_activity a
where a.datid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
  and a.pid <> pg_catalog.pg_backend_pid() and a.backend_type = 'client backend' and a.application_name <> 'pgrehearse isolation'
  and not ${isLandlord}`;

const settingsQuery = `
select pg_catalog.current_setting('track_counts') = 'on' as counting,
       exists (select from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) as c
               where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()))
                 and c ilike 'track_counts=%' and c not ilike 'track_counts=on') as "switchedOff"`;

/**
 * Every table of the database outside the system's schemas, with the rows that were written to it. Views, foreign tables and temporary
 * tables hold no rows of their own; a materialized view's rows follow from others.
 */
const volumesQuery = `
select c.oid::text as oid, n.nspname as schema, c.relname as "table", c.relfilenode::text as file, c.relkind = 'p' as partitioned,
       case when c.relispartition then i.inhparent::text end as parent,
       pg_catalog.pg_stat_get_tuples_inserted(c.oid)::text as inserted,
       pg_catalog.pg_stat_get_tuples_updated(c.oid)::text as updated,
       pg_catalog.pg_stat_get_tuples_deleted(c.oid)::text as deleted
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C", c.oid`;

/** Setting the counters of one table back is noted for the whole database too. */
const resetQuery = `
select pg_catalog.pg_stat_get_db_stat_reset_time(d.oid)::text as "resetAt"
from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

type VolumeRow = Omit<TableVolume, 'rows' | 'parent' | 'inserted' | 'updated' | 'deleted'> & {
  readonly parent: string | null;
  readonly inserted: string;
  readonly updated: string;
  readonly deleted: string;
};

/**
 * Reads how many rows each table has and how many were inserted, updated and deleted since the server began to count. Taken before and after
 * migrating a clone that nobody else uses, the differences are exact, COPY, triggers and cascades included. They also count what was rolled back,
 * and leave TRUNCATE out: `rowChanges` sets counters and counted rows against each other.
 *
 * @param patienceMs how long others may stay connected before the counters are called unreliable
 * @param session a superuser's, or a cloud's master's: where row level security would hide rows from that one, SqlError is thrown
 */
export async function readRowVolumes(session: Session, patienceMs = defaultPatienceMs): Promise<RowVolumes> {
  // Who is no superuser must not count the rows that a policy shows for all rows that there are.
  await session.execute('set row_security = off');
  const [settings] = await session.query<{ counting: boolean; switchedOff: boolean }>(settingsQuery);
  const waited = await untilAlone(session, patienceMs);
  // Our own counters too; since PostgreSQL 15.
  if (session.serverVersionNum >= 150_000) await session.query('select pg_catalog.pg_stat_force_next_flush()');
  await session.query('select pg_catalog.pg_stat_clear_snapshot()');
  const rows = await session.query<VolumeRow>(volumesQuery);
  // Before, a database that nobody had counted in yet was noted as set back, too.
  const [counters] = session.serverVersionNum >= 150_000 ? await session.query<{ resetAt: string | null }>(resetQuery) : [];
  const counts = await countEach(
    session,
    rows.filter(({ partitioned }) => !partitioned),
  );
  const leaves = rows.map(({ parent, inserted, updated, deleted, ...table }) => ({
    ...table,
    parent: parent ?? undefined,
    rows: counts.get(table.oid) ?? 0,
    inserted: Number(inserted),
    updated: Number(updated),
    deleted: Number(deleted),
  }));
  const problem = problemOf(settings, waited);
  return {
    tables: leaves.map((table) => (table.partitioned ? sumOfLeaves(table, leaves) : table)),
    ...(typeof counters?.resetAt === 'string' && { resetAt: counters.resetAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** The counted rows as the record keeps them: tables that hold rows themselves. */
export function countsOf({ tables }: RowVolumes): readonly TableCount[] {
  return tables.filter(({ partitioned }) => !partitioned).map(({ schema, table, rows }) => ({ schema, table, rows }));
}

/** A partitioned table's own counters stay zero: its rows are its leaves', at any depth. */
function sumOfLeaves(root: TableVolume, tables: readonly TableVolume[]): TableVolume {
  const below = new Set([root.oid]);
  for (let grown = true; grown; ) {
    const more = tables.filter(({ oid, parent }) => parent !== undefined && below.has(parent) && !below.has(oid));
    for (const { oid } of more) below.add(oid);
    grown = more.length > 0;
  }
  const leaves = tables.filter(({ oid, partitioned }) => !partitioned && below.has(oid));
  const sum = (key: 'rows' | 'inserted' | 'updated' | 'deleted') => leaves.reduce((total, leaf) => total + leaf[key], 0);
  return { ...root, rows: sum('rows'), inserted: sum('inserted'), updated: sum('updated'), deleted: sum('deleted') };
}

async function countEach(session: Session, tables: readonly VolumeRow[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let at = 0; at < tables.length; at += 50) {
    const some = tables
      .slice(at, at + 50)
      .map((table) => `select '${table.oid}' as oid, count(*)::text as rows from only ${qualifiedName(table.schema, table.table)}`);
    for (const { oid, rows } of await session.query<{ oid: string; rows: string }>(some.join('\nunion all\n'))) counts.set(oid, Number(rows));
  }
  return counts;
}

async function untilAlone(session: Session, patienceMs: number): Promise<'alone' | 'not-alone'> {
  const until = performance.now() + patienceMs;
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const [row] = await session.query<{ others: number }>(othersQuery);
    if (row?.others === 0) return 'alone';
    if (performance.now() > until) return 'not-alone';
    await sleep(pause);
  }
}

/** The problem of a server that was told not to count. */
export const notCounting = 'track_counts is off, so the server counts no rows';

function problemOf(settings: { counting: boolean; switchedOff: boolean } | undefined, waited: 'alone' | 'not-alone'): string | undefined {
  if (settings?.counting !== true || settings.switchedOff) return notCounting;
  return waited === 'alone' ? undefined : 'other sessions stayed connected to the clone, so their rows may be counted or missing';
}
