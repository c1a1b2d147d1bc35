import type { SqlErrorFields } from './failure.ts';

/** What migrations and backfills cost on the clone, and what that says of production. Times are milliseconds, sizes bytes. */

/** A sum of what was seen. `complete` is false where something that belongs to it couldn't be read: then it is at least this much. */
export interface Seen {
  readonly value: number;
  readonly complete: boolean;
}

export interface Cost {
  /** From the beginning of the first to the end of the last statement. */
  readonly durationMs: number;
  /** The statements' own time, without what they waited for locks of others. */
  readonly workMs: number;
  readonly waitedMs: Seen;
  /** Rows that the server reported as inserted, updated, deleted or returned. */
  readonly rows: number;
  readonly wal: Seen;
  readonly temp: Seen;
  /** By how much tables and indexes grew by being written anew; negative where they shrank. */
  readonly rewritten: Seen;
}

export interface StatementCost extends Cost {
  /** RecordedStatement.id. */
  readonly statement: number;
  /** How much larger the relations are that it alone wrote, made or dropped. */
  readonly size: Seen;
}

export interface MigrationCost extends Cost {
  /** Absent: the migrations couldn't be told apart, or these statements are the tool's own. */
  readonly migration?: string;
  /** How much larger the relations are that its statements wrote, made or dropped. Of those that others wrote too nobody knows whose growth it is. */
  readonly size: Seen;
  /** How long it will take in production, as a range. */
  readonly predictedMs?: Range;
  readonly statements: readonly StatementCost[];
}

/** How many statements took at least `fromMs` and less than `toMs`; the last one has no end. */
export interface DurationBucket {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly statements: number;
}

export interface RecordingCost extends Cost {
  /** In the order in which they began. */
  readonly migrations: readonly MigrationCost[];
  readonly histogram: readonly DurationBucket[];
  /** How much larger the database's tables and indexes are, those that statements touched, made or dropped; where that was read of each. */
  readonly size: Seen;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** How long something will take in production: never one number. */
export interface Prediction {
  readonly measuredMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** Set where it ended with an error, so that what would have come after it isn't in it. */
  readonly partial?: true;
  /** How both ends come about, a sentence each, with what was assumed and what isn't in it. */
  readonly basis: readonly string[];
}

/** How far a standby may fall behind. */
export interface LagRisk {
  /** The statement that writes WAL the fastest, and how fast, in bytes a second of its own work. */
  readonly fastest?: { readonly statement: number; readonly bytesPerSecond: number };
  /** How far behind a standby is when the migrations end, if it replays nothing else: in milliseconds. */
  readonly lagMs: Range;
  readonly risk: 'none' | 'possible' | 'likely' | 'unknown';
  readonly basis: readonly string[];
}

/** All that is told of what recorded migrations cost. */
export interface CostReport {
  readonly cost: RecordingCost;
  readonly window: Prediction;
  readonly lag: LagRisk;
}

/** One batch of a backfill that was tried. */
export interface BatchSample {
  /** Where in the id range it lies: 0 to 1. */
  readonly share: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Rows that the statement changed; null where it reports none. */
  readonly rows: number | null;
  readonly durationMs: number;
}

/** A declared backfill of which batches were tried on a clone that had the migrations. */
export interface BackfillReport {
  readonly name: string;
  /** Schema-qualified, quoted where needed. */
  readonly table: string;
  /** The role that ran it. */
  readonly role: string;
  /** How long one batch may take. */
  readonly limitMs: number;
  readonly samples: readonly BatchSample[];
  /** How many batches all of the table are. */
  readonly batches: number;
  /** `all`: every place was sampled until batches met; `time`: the time was up; `error`: a batch failed. */
  readonly endedBy: 'all' | 'time' | 'error';
  /** All of it in production; absent without samples. */
  readonly window?: Prediction;
  /** Why no more batches could be tried; absent where nothing failed. */
  readonly error?: SqlErrorFields;
}
