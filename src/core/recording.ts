import type { Place, SqlErrorFields } from './failure.ts';

/**
 * What the flight recorder saw of a migration: the whole of it, statement by statement. Times are milliseconds since `startedAt`, of this machine's
 * clock; sizes are bytes. What couldn't be read is in `unobserved`, and the property that would hold it is absent: never zero, never empty.
 */
export interface Recording {
  /** ISO 8601, with milliseconds: zero of all times. */
  readonly startedAt: string;
  readonly endedMs: number;
  /** How auto-committed DDL was seen. `sampling`: the server allows no event triggers, so that short locks may be missed. */
  readonly mode: 'event-triggers' | 'sampling';
  readonly serverVersionNum: number;
  readonly connections: readonly RecordedConnection[];
  readonly transactions: readonly RecordedTransaction[];
  /** In the order in which they began. */
  readonly statements: readonly RecordedStatement[];
  /** Locks on relations over time, of the migration's sessions. */
  readonly locks: readonly LockInterval[];
  /** Who waited for whom, canaries and other sessions too. */
  readonly waits: readonly Wait[];
  /** Every relation that a statement locked strongly, rewrote, scanned under DDL, wrote to, made or dropped. */
  readonly relations: readonly RecordedRelation[];
  /** The longest time of a running statement in which its locks weren't sampled: one that lasted longer was seen. Absent where no sample was taken. */
  readonly unsampledMs?: number;
  /** What could not be seen at all, and why, for the whole recording. */
  readonly unobserved: readonly Unobserved[];
}

/** What a property of a recording would have said, and why it doesn't. */
export interface Unobserved {
  readonly what: 'locks' | 'lock-times' | 'rewrites' | 'rewrite-reasons' | 'scans' | 'rows' | 'wal' | 'temp' | 'sizes' | 'settings' | 'objects';
  /** A clause: `the session's connection was lost before it could be asked`. */
  readonly why: string;
}

export interface RecordedConnection {
  /** 1-based, in the order of their start. */
  readonly id: number;
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly applicationName?: string;
  readonly openedMs: number;
  readonly closedMs: number;
  readonly ending: 'closed' | 'client-vanished' | 'server-lost' | 'refused' | 'open';
}

/** A transaction; one of a single statement where that was auto-committed. */
export interface RecordedTransaction {
  /** 1-based. */
  readonly id: number;
  readonly connection: number;
  readonly beginMs: number;
  readonly endMs: number;
  readonly outcome: 'committed' | 'rolled-back' | 'lost';
  /** False: auto-commit. */
  readonly block: boolean;
  readonly walBytes?: number;
}

export interface RecordedStatement {
  /** 1-based over the whole recording. */
  readonly id: number;
  readonly connection: number;
  readonly transaction: number;
  /** Whose statement it is, where that is known. */
  readonly migration?: string;
  readonly place?: Place;
  /** As the tool sent it; several statements sent as one text are taken apart. */
  readonly text: string;
  readonly protocol: 'simple' | 'extended';
  /** The command tag without its count (`ALTER TABLE`); absent on failure. */
  readonly tag?: string;
  readonly rows: number | null;
  readonly error?: SqlErrorFields;
  readonly startedMs: number;
  readonly endedMs: number;
  /** How long of that the statement waited for locks of others. */
  readonly waitedMs?: number;
  /** Settings of the session while it ran; 0 is none. */
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  /** Locks on relations that were there before the recording and that this statement was the first of its transaction to take in this mode. */
  readonly locks?: readonly StatementLock[];
  readonly rewrites?: readonly Rewrite[];
  /** Reads of whole tables or indexes. */
  readonly scans?: readonly Scan[];
  readonly written?: readonly RowsWritten[];
  readonly created?: readonly RecordedObject[];
  readonly dropped?: readonly RecordedObject[];
  /** Of the whole server while the statement ran: `alone` says whether nobody else could have written. */
  readonly wal?: { readonly bytes: number; readonly alone: boolean };
  readonly tempBytes?: number;
  readonly unobserved: readonly Unobserved[];
}

/** The eight table-level lock modes, weakest first (PostgreSQL documentation, 13.3.1). */
export const lockModes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof lockModes)[number];

/** How a fact came to us: by whom, and so how exact it is. */
export type Sight = 'in-session' | 'event-trigger' | 'side' | 'sample';

export interface StatementLock {
  readonly relation: number;
  readonly mode: LockMode;
  readonly seenBy: Sight;
}

/** Why the contents of a relation were written anew. The first four are PostgreSQL's own reasons (`pg_event_trigger_table_rewrite_reason`). */
export type RewriteReason = 'persistence' | 'default' | 'type' | 'access-method' | 'cluster' | 'vacuum-full' | 'reindex' | 'refresh' | 'unknown';

export interface Rewrite {
  readonly relation: number;
  readonly reasons: readonly RewriteReason[];
  readonly bytesBefore?: number;
  readonly bytesAfter?: number;
  readonly seenBy: Sight;
}

export interface Scan {
  readonly relation: number;
  /** Rows read in sequence, at least: parallel workers' reads come later. */
  readonly rowsRead: number;
  readonly seenBy: Sight;
}

export interface RowsWritten {
  readonly relation: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface RecordedObject {
  /** As in `pg_event_trigger_ddl_commands()`: `table`, `index`, `table column`. */
  readonly kind: string;
  readonly name: string;
  readonly relation?: number;
  /** Of dropped ones: the statement didn't name it, CASCADE took it along. Not what always goes with its owner, such as a table's indexes. */
  readonly cascaded?: true;
}

export interface RecordedRelation {
  /** pg_class.oid: what the other lists name it by. */
  readonly oid: number;
  /** Schema-qualified, quoted where needed; as it was before, or as it was made. */
  readonly name: string;
  /** Where the migration renamed it. */
  readonly nameAfter?: string;
  readonly kind:
    | 'table'
    | 'partitioned table'
    | 'index'
    | 'partitioned index'
    | 'materialized view'
    | 'view'
    | 'sequence'
    | 'toast'
    | 'foreign table'
    | 'other';
  /** The table of an index or toast relation. */
  readonly table?: number;
  /** Whether it was there before the migration. */
  readonly existedBefore: boolean;
  /** reltuples before: the planner's estimate; absent where it was never analysed. */
  readonly rowsBefore?: number;
  readonly bytesBefore?: number;
  readonly bytesAfter?: number;
}

/** A lock from its request to its release. */
export interface LockInterval {
  readonly connection: number;
  readonly transaction?: number;
  readonly relation: number;
  readonly mode: LockMode;
  readonly requestedMs: number;
  /** Absent where it was never granted. */
  readonly grantedMs?: number;
  readonly releasedMs: number;
  /** How far the times may be off: 0 where the protocol gave them. */
  readonly withinMs: number;
}

/** One session waiting for a lock that others hold or wait for before it. */
export interface Wait {
  readonly pid: number;
  /** The migration's connection, where it is one of it. */
  readonly connection?: number;
  /** What the session is, where it isn't: `reader of public.invoice`. */
  readonly session?: string;
  readonly query?: string;
  readonly relation?: number;
  readonly mode: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** pg_blocking_pids at its longest: who stands before it, holders and waiters. */
  readonly blockedBy: readonly number[];
  readonly withinMs: number;
}
