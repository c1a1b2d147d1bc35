import type { SqlErrorFields } from '../core/failure.ts';

/** A statement that failed, and what it takes to run it once more in a transaction that is rolled back. */
export interface FailedInMigration {
  /** The role that ran it. */
  readonly migrator: string;
  /** What ran before it in the same transaction, and was undone with it. */
  readonly preceding: readonly string[];
  readonly statement: string;
  readonly error: SqlErrorFields;
}
