import type { Session } from '../../core/ports.ts';
import type { LockMode } from '../../core/recording.ts';

/** A transaction that holds locks on one of the user's tables. */
export interface LockHolder {
  /** Schema-qualified, quoted where needed. */
  readonly table: string;
  readonly modes: readonly LockMode[];
  /** Absent of a prepared transaction, which has no session. */
  readonly pid: number | null;
  /** The name under which it was prepared. */
  readonly gid: string | null;
  readonly user: string | null;
  readonly application: string | null;
  /** `active`, `idle in transaction`; null where it is hidden from us. */
  readonly state: string | null;
  /** How old the transaction is; null where it is hidden from us. */
  readonly ageSeconds: number | null;
  readonly isWraparoundVacuum: boolean;
  /** Some of these locks it only waits for: whoever wants one that conflicts waits behind it all the same. */
  readonly waits: boolean;
}

/**
 * Who holds which locks on which of the user's tables in this database, or queues for them. An index's or TOAST table's locks count as its table's.
 * Of the catalogs only locks that keep others from changing them, as VACUUM FULL and REINDEX take them: whatever defines something waits for those.
 * Autovacuum that gives way to whoever waits for it is left out. A prepared transaction is found by the lock on its own transaction id, which it shares its virtual transaction with.
 */
const holdersQuery = `
with prepared as (
  select x.gid, x.owner::text as owner, x.prepared, l.virtualtransaction as virtual
    from pg_catalog.pg_prepared_xacts x
    join pg_catalog.pg_locks l on l.locktype = 'transactionid' and l.transactionid = x.transaction and l.granted and l.pid is null
   where x.database = pg_catalog.current_database()
),
held as (
  select distinct l.pid, l.virtualtransaction as virtual, l.mode, l.granted,
         coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = l.relation),
                  (select t.oid from pg_catalog.pg_class t where t.reltoastrelid = l.relation), l.relation) as relation
    from pg_catalog.pg_locks l
   where l.locktype = 'relation' and l.pid is distinct from pg_catalog.pg_backend_pid()
     and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
)
select format('%I.%I', n.nspname, c.relname) as "table",
       array_agg(distinct h.mode collate "C" order by h.mode collate "C") as "modes",
       bool_or(not h.granted) as "waits",
       h.pid, p.gid, coalesce(a.usename::text, p.owner) as "user", a.application_name as "application", a.state,
       extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8 as "ageSeconds",
       coalesce(a.query like 'autovacuum: %(to prevent wraparound)%', false) as "isWraparoundVacuum"
  from held h
  join pg_catalog.pg_class c on c.oid = h.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_activity a on a.pid = h.pid
  left join prepared p on h.pid is null and p.virtual = h.virtual
 where (n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        or n.nspname = 'pg_catalog' and h.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
   and (a.backend_type is distinct from 'autovacuum worker' or a.query like 'autovacuum: %(to prevent wraparound)%')
 group by n.nspname, c.relname, h.pid, h.virtual, p.gid, p.owner, p.prepared, a.usename, a.application_name, a.state, a.xact_start, a.query
 order by n.nspname collate "C", c.relname collate "C", h.pid, p.gid collate "C"`;

/** Throws SqlError. */
export async function readLockHolders(session: Session): Promise<readonly LockHolder[]> {
  return await session.query<LockHolder>(holdersQuery);
}

/** A session whose snapshot is as old as its transaction: what is built CONCURRENTLY waits for its end, whatever it has locked. */
export interface SnapshotHolder extends Omit<LockHolder, 'table' | 'modes' | 'isWraparoundVacuum' | 'waits'> {}

/**
 * Who holds a snapshot or a transaction id in this database. VACUUM's own snapshots keep nobody waiting. Of sessions that are hidden from us it can't be told
 * whether they have one.
 */
const snapshotsQuery = `
select a.pid, null::text as gid, a.usename::text as "user", a.application_name as "application", a.state,
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as "ageSeconds"
  from pg_catalog.pg_stat_activity a
 where a.datname = pg_catalog.current_database() and a.pid <> pg_catalog.pg_backend_pid()
   and (a.backend_xmin is not null or a.backend_xid is not null)
   and coalesce(a.backend_type, 'client backend') <> 'autovacuum worker'
union all
select null::int, x.gid, x.owner::text, null::text, 'prepared', extract(epoch from pg_catalog.clock_timestamp() - x.prepared)::float8
  from pg_catalog.pg_prepared_xacts x
 where x.database = pg_catalog.current_database()
 order by 1, 2`;

/** Throws SqlError. */
export async function readSnapshotHolders(session: Session): Promise<readonly SnapshotHolder[]> {
  return await session.query<SnapshotHolder>(snapshotsQuery);
}

/** How near a table is to a VACUUM that nothing interrupts. */
export interface FreezeAge {
  readonly table: string;
  readonly age: number;
  /** From this age on autovacuum starts one by itself. */
  readonly limit: number;
  readonly of: 'transaction ids' | 'multixacts';
}

/** The age of the oldest transaction ids and multixacts of tables and their TOAST tables. */
const freezeQuery = `
select format('%I.%I', n.nspname, c.relname) as "table", f.of, f.age::float8 as "age",
       least(coalesce((select o.option_value::float8 from pg_catalog.pg_options_to_table(c.reloptions) o where o.option_name = f.setting), 'infinity'),
             pg_catalog.current_setting(f.setting)::float8) as "limit"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
 cross join lateral (values
   ('transaction ids', 'autovacuum_freeze_max_age', greatest(pg_catalog.age(c.relfrozenxid), pg_catalog.age(t.relfrozenxid))),
   ('multixacts', 'autovacuum_multixact_freeze_max_age', greatest(pg_catalog.mxid_age(c.relminmxid), pg_catalog.mxid_age(t.relminmxid)))
 ) f (of, setting, age)
 where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and format('%I.%I', n.nspname, c.relname) = any ($1)
 order by n.nspname collate "C", c.relname collate "C", f.of collate "C"`;

/** Throws SqlError. @param tables schema-qualified, quoted where needed */
export async function readFreezeAges(session: Session, tables: readonly string[]): Promise<readonly FreezeAge[]> {
  return await session.query<FreezeAge>(freezeQuery, [tables]);
}
