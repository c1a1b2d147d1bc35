import type { Session } from '../../core/ports.ts';

export interface SlotState {
  readonly name: string;
  readonly kind: string;
  readonly active: boolean;
  /** WAL that the server may not remove because of it; null where it holds none. */
  readonly retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved`, `lost`; null where it holds no WAL. */
  readonly walStatus: string | null;
}

export interface ReplicaState {
  readonly name: string | null;
  /** `streaming`, `catchup`; null where it is hidden from us. */
  readonly state: string | null;
  readonly lagSeconds: number | null;
  readonly lagBytes: number | null;
  /** It has much to replay, and was seen to replay nothing for a second: the lag in time that it reports is an old one then. */
  readonly standsStill: boolean;
  /** `async`, `potential`, `sync`, `quorum`; null where it is hidden from us. */
  readonly sync: string | null;
}

export interface ArchiverState {
  /** ISO 8601. */
  readonly lastArchived: string | null;
  readonly lastFailed: string | null;
  readonly lastFailedFile: string | null;
  /** WAL that was written since the end of the last archived file; null where its name doesn't tell. */
  readonly waitingBytes: number | null;
  readonly segmentBytes: number;
}

/** Which replication slots there are, of all databases: WAL is the whole server's. */
const slotsQuery = `
select s.slot_name::text as "name", s.slot_type as "kind", s.active,
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.restart_lsn)::float8 as "retainedBytes", s.wal_status as "walStatus"
  from pg_catalog.pg_replication_slots s
 order by s.slot_name::text collate "C"`;

/** Who replays this server's WAL, and how far behind. A role without pg_read_all_stats sees that there are some, and no more. */
const replicasQuery = `
select r.application_name as "name", r.state,
       extract(epoch from r.replay_lag)::float8 as "lagSeconds",
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn)::float8 as "lagBytes", r.sync_state as "sync",
       r.pid, r.replay_lsn::text as "replayed"
  from pg_catalog.pg_stat_replication r
 order by r.application_name collate "C", r.pid`;

interface SeenReplica extends Omit<ReplicaState, 'standsStill'> {
  readonly pid: number;
  readonly replayed: string | null;
}

/** So much a replica may be behind without a second look: one file of WAL. */
export const unremarkableBytes = 16 * 1024 ** 2;

async function readReplicas(session: Session): Promise<readonly ReplicaState[]> {
  const seen = await session.query<SeenReplica>(replicasQuery);
  const behind = seen.some(({ lagBytes }) => (lagBytes ?? 0) > unremarkableBytes);
  if (behind) await session.query('select from pg_catalog.pg_sleep(1)');
  const again = behind ? await session.query<SeenReplica>(replicasQuery) : seen;
  return again.map(({ pid, replayed, ...replica }) => {
    const before = seen.find((one) => one.pid === pid);
    return { ...replica, standsStill: behind && (replica.lagBytes ?? 0) > unremarkableBytes && before?.replayed === replayed };
  });
}

/** What a commit waits for. */
const synchronousQuery = `select pg_catalog.current_setting('synchronous_standby_names') as "names"`;

export interface Replication {
  readonly slots: readonly SlotState[];
  readonly replicas: readonly ReplicaState[];
  /** `synchronous_standby_names`; empty: a commit waits for nobody. */
  readonly synchronousNames: string;
}

/** Throws SqlError; on a standby always, since it writes no WAL of its own. */
export async function readReplication(session: Session): Promise<Replication> {
  const [row] = await session.query<{ names: string }>(synchronousQuery);
  if (row === undefined) throw new Error('current_setting gave no row');
  return { slots: await session.query<SlotState>(slotsQuery), replicas: await readReplicas(session), synchronousNames: row.names };
}

/**
 * When WAL was archived last, when that failed last, and how much was written since. The name of a file of WAL is its timeline, and the number of its segment in two
 * parts: how many segments of the lower part make one of the upper depends on the size of a segment.
 */
const archiverQuery = `
with segment as (select pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))::numeric as bytes)
select pg_catalog.to_char(a.last_archived_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastArchived",
       pg_catalog.to_char(a.last_failed_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastFailed",
       a.last_failed_wal as "lastFailedFile",
       (case when a.last_archived_wal ~ '^[0-9A-F]{24}' then
          pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')
          - ((('x' || substr(a.last_archived_wal, 9, 8))::bit(32)::bigint * (4294967296 / s.bytes) + ('x' || substr(a.last_archived_wal, 17, 8))::bit(32)::bigint + 1) * s.bytes)
        end)::float8 as "waitingBytes",
       s.bytes::float8 as "segmentBytes"
  from pg_catalog.pg_stat_archiver a, segment s`;

/** Throws SqlError. */
export async function readArchiver(session: Session): Promise<ArchiverState> {
  const [row] = await session.query<ArchiverState>(archiverQuery);
  if (row === undefined) throw new Error('pg_stat_archiver gave no row');
  return row;
}
