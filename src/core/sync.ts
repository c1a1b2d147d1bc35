/** How production's rows take their place in a table of staging. */
export const tableModes = ['replace', 'upsert', 'only-if-empty', 'skip'] as const;
export type TableMode = (typeof tableModes)[number];

/** A column that doesn't come over just as it is. */
export interface CarriedColumn {
  readonly column: string;
  /** Types as Postgres shows them; absent where only staging has the column. */
  readonly from?: string;
  readonly to: string;
  /** A clause: `each number as a JSON number (to_jsonb)`. */
  readonly how: string;
}

/** What is going to happen to one table of staging. */
export interface TablePlanned {
  /** `public.books`, quoted where Postgres would need it. */
  readonly table: string;
  readonly mode: TableMode;
  /** About as many as production has; -1 where nobody knows. */
  readonly rows: number;
  /** On production's disk. */
  readonly bytes: number;
  /** Rows that staging has now, as its statistics say. */
  readonly rowsThere: number;
  readonly columns: number;
  readonly converted: readonly CarriedColumn[];
  readonly masked: readonly string[];
  /** What a person should know of it, one sentence each. */
  readonly notes: readonly string[];
}

/** A table that can't be synced as it is, and every reason. */
export interface TableRefused {
  readonly table: string;
  /** How its rows would have taken their place. */
  readonly mode: TableMode;
  readonly reasons: readonly TableProblem[];
}

export interface TableProblem {
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly cure: string;
  readonly column?: string;
  readonly sqlstate?: string;
}

/** One side of a sync, as it was found. */
export interface SyncSide {
  /** `user@host:port/database`. */
  readonly address: string;
  readonly serverVersion: string;
  readonly systemIdentifier?: string;
  /** How it is known to be what it is, a sentence each. */
  readonly proof: readonly string[];
}

/** What a sync of tables is going to do, before anything is changed. */
export interface TablesPlan {
  readonly production: SyncSide;
  readonly staging: SyncSide;
  /** ISO 8601: the instant of production that staging will show. */
  readonly dataAsOf: string;
  /** How foreign keys and triggers are kept quiet, a sentence. */
  readonly constraints: string;
  /** Tables that share a transaction, where it isn't one for each. */
  readonly transactions: readonly (readonly string[])[];
  readonly tables: readonly TablePlanned[];
  readonly refused: readonly TableRefused[];
  /** Tables of production that are left as they are, and why. */
  readonly leftOut: readonly { readonly table: string; readonly why: string }[];
  /** Differences of the two schemas that stop nothing, a sentence each. */
  readonly skew: readonly string[];
}

/**
 * `synced`: production's rows are there, proven. `kept`: its own rows were to stay. `failed`, `refused`: its own rows are still there. `undone`: rows
 * came, and were rolled back with a transaction that another table or an interrupt ended. `not-reached`: the run ended before. `unknown`: staging was lost as it committed, and can't be asked; it
 * has its own rows or all of production's.
 */
export type TableOutcome = 'synced' | 'kept' | 'failed' | 'refused' | 'undone' | 'not-reached' | 'unknown';

/** What became of one table, and what it holds now. */
export interface SyncedTable {
  readonly table: string;
  readonly mode: TableMode;
  readonly outcome: TableOutcome;
  /** Rows that came; absent where none did. */
  readonly rows?: number;
  readonly bytes?: number;
  readonly durationMs?: number;
  /** Rows in staging's table now; absent where they could not be counted. */
  readonly holds?: number;
  readonly converted: readonly CarriedColumn[];
  readonly masked: readonly string[];
  /** How it is known that the rows are production's: `1,234 rows, 9 columns: the same hash on both sides`. */
  readonly proof?: string;
  /** Why it isn't synced, as a sentence without a full stop. */
  readonly reason?: string;
  readonly cure?: string;
  readonly sqlstate?: string;
  /** Where the value stands that was refused. */
  readonly column?: string;
  /** The row that was refused, counted from 1 in the order in which production gave them. */
  readonly line?: number;
}

/** What staging's tables hold after a sync. */
export interface TablesReport {
  readonly tables: readonly SyncedTable[];
  readonly rows: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** Milliseconds for which production held the snapshot. */
  readonly snapshotHeldMs: number;
  readonly constraints: string;
}

/** What was done on staging after its data had come, or asked of it. */
export interface AfterStep {
  readonly kind: 'neutralise' | 'migrate' | 'check' | 'count' | 'version';
  readonly name: string;
  /** `unknown`: it could not be asked. */
  readonly outcome: 'done' | 'failed' | 'unknown';
  /** A clause. */
  readonly said: string;
  readonly cure?: string;
  readonly durationMs: number;
}
