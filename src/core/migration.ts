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
  /** `code`: written in a programming language, so that only the tool can run it; `up` is its source then, and no SQL. Absent: SQL. */
  readonly language?: 'sql' | 'code';
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
