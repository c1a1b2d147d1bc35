import type { Place, SqlErrorFields } from './failure.ts';

/** One migration of the repo, in the order of its tool. */
export interface Migration {
  /** What the ledger calls it. */
  readonly revision: string;
  /** The file as a person finds it, relative to the project. */
  readonly file: string;
  readonly sha256: string;
  /** SQL of the way up, with everything of the tool's own format taken out. */
  readonly up: string;
  /** 1-based line of the file at which `up` starts. */
  readonly upLine: number;
  /** SQL of the way down, where the layout has one. Empty string: a down that does nothing. */
  readonly down?: string;
  readonly downFile?: string;
  /** 1-based line of that file at which `down` starts; 1 unless given. */
  readonly downLine?: number;
  /** True when the file itself says that it can't run in a transaction. */
  readonly optsOutOfTransaction: boolean;
  /**
   * The revisions that must be applied before this one, where the history is a graph (Alembic, Django, Sqitch). Absent: the one before it in the list.
   * Several parents: a merge. None: a base.
   */
  readonly parents?: readonly string[];
  /** Revisions of other branches that must be applied before this one too, and that stay heads of their branches: Alembic's `depends_on`. */
  readonly dependsOn?: readonly string[];
  /** Of several histories beside each other in one repo, the one that it belongs to, with a head of its own: Django's app. */
  readonly app?: string;
  /** The time by which the tool itself tells what is pending, or sorts: milliseconds since 1970. Drizzle's ledger records it. */
  readonly timestampMs?: number;
  /** `code`: written in a programming language, so that only the tool can run it; `up` is its source then, and no SQL. Absent: SQL. */
  readonly language?: 'sql' | 'code';
  /** What the tool records of the file in its ledger, as text: sqlx’s SHA-384 in hexadecimal, Flyway’s CRC as a signed number. Absent: nothing, or it isn’t known. */
  readonly checksum?: string;
  /** How the ledger names the file, where that isn’t its name alone: Flyway’s path below its location. */
  readonly script?: string;
  /** The values of the ledger's row by column, where one column doesn't tell which migration is meant: Sqitch's project and change_id, Django's app and name. */
  readonly ledgerKey?: Readonly<Record<string, string>>;
  /**
   * How the tool sends the file, where that is known. `transaction`: always inside of a transaction, even if a statement can’t run there. `one-query`: all at once,
   * so that the server makes several statements one transaction, and runs a lone one without. Absent: in a transaction, and without where that can’t be.
   */
  readonly sentAs?: 'transaction' | 'one-query';
  /** As `sentAs`, of the way down; the same unless given. */
  readonly downSentAs?: 'transaction' | 'one-query' | 'statements';
  /** It runs again whenever its file has changed, after all others: it has no place in their order, and nothing rests on it. Flyway’s `R`. */
  readonly repeatable?: true;
  /** What the tool does with it where a newer one is applied already: applies it all the same, refuses to go on, or passes it over. Absent: not known. */
  readonly late?: 'applied' | 'refused' | 'skipped';
  /** Why the tool would stop, or never end, when it comes to this one. Nothing of that is met where we run its statements ourselves. */
  readonly stops?: { readonly message: string; readonly cure: string; readonly line?: number };
}

/** What proves that a way down is still the one that was read. */
export interface WayDownHash {
  /** SHA-256, in hex, of its SQL; absent where there is none. */
  readonly downSha256?: string;
}

/** One statement as it ran. */
export interface StatementRecord {
  readonly migration: string;
  /** 1-based within the migration. */
  readonly index: number;
  readonly place: Place;
  readonly text: string;
  /** The command tag (`ALTER TABLE`, `UPDATE`); absent on failure. */
  readonly tag?: string;
  /** Rows affected, as the server reported them; null where the command reports none. */
  readonly rows: number | null;
  readonly durationMs: number;
  readonly error?: SqlErrorFields;
}

/** How one migration ended. */
export interface MigrationOutcome {
  readonly migration: string;
  readonly ranAs: 'one-transaction' | 'no-transaction' | 'command';
  readonly durationMs: number;
  readonly statements: number;
  /** Set on failure: what of this migration stayed in the database. */
  readonly leftBehind?: string;
  readonly error?: SqlErrorFields;
}
