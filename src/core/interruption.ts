import type { Place, SqlErrorFields } from './failure.ts';

/** Where a migration can be cut off. */
export interface CutPoint {
  /** The same in every run: `0007_orders:after-2`. */
  readonly id: string;
  readonly migration: string;
  /** The statement after which, or in the middle of which, the connection is lost. */
  readonly place: Place;
  /** 1-based within the migration. */
  readonly statement: number;
  /** Of the migration. */
  readonly statements: number;
  /**
   * `in-transaction`: before its COMMIT. `between-statements`: what stands before is committed, what follows isn't. `in-statement`: in the middle of a statement that commits
   * by itself more than once. `before-ledger`: all is committed, and the ledger doesn't know. `between-migrations`: one is done, the next hasn't begun.
   */
  readonly kind: 'in-transaction' | 'between-statements' | 'in-statement' | 'before-ledger' | 'between-migrations';
}

/** What became of a deploy that was cut off there and then run again. */
export interface Cut extends CutPoint {
  /**
   * `continues`: the second run ends well, and schema and rows are those of a run that wasn't cut. `blocked`: it fails. `silently-skips`: it ends well, and something is
   * different. `not-tried`: nobody knows.
   */
  readonly outcome: 'continues' | 'blocked' | 'silently-skips' | 'not-tried';
  /** What was different in the database right after the cut from what it was before this migration: `index public.item_name is there, not valid`. */
  readonly stayed: readonly string[];
  /** Why it wasn't tried, as a sentence. */
  readonly why?: string;
  /** Of the second run, where it was blocked; with the place of the statement. */
  readonly error?: SqlErrorFields;
  readonly errorPlace?: Place;
  /** Of what the blocked statement met: whether it is what the statement would make. */
  readonly met?: string;
  /** What was different in the end from a run that wasn't cut. */
  readonly differences: readonly string[];
  /** Whether rows are among these differences. */
  readonly rowsDiffer?: true;
  /** Whether the end state could be told from the state after the cut: else that they are equal says nothing. */
  readonly couldDiffer: boolean;
  readonly advice: string;
  readonly durationMs: number;
}
