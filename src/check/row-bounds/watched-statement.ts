import type { Place } from '../../core/failure.ts';
import type { EvaluatedBound } from './evaluate-bounds.ts';

/** Rows of a table that something wrote. */
export interface RowsChanged {
  readonly inserted: number;
  readonly updated: number;
  /** With those that went by TRUNCATE. */
  readonly deleted: number;
}

/** A statement of a migration that was carried out. */
export interface WatchedStatement {
  readonly migration: string;
  /** 1-based within the migration, or `severalAtOnce`. */
  readonly index: number;
  readonly place: Place;
  readonly text: string;
  readonly tag: string | undefined;
}

/** The index of statements that were sent as one: they are told apart from those before and after, and not from each other. */
export const severalAtOnce = 0;

/** Statements that write no rows. The first query of a transaction would keep SET TRANSACTION after it from working, so nothing is asked after these. */
export const writesNoRows =
  /^(BEGIN|START TRANSACTION|SET|RESET|SHOW|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|LOCK|PREPARE|DEALLOCATE|DISCARD|LISTEN|UNLISTEN|NOTIFY|)$/;

/** What is known in the end of the rows that each migration wrote. */
export interface RowsFollowed {
  /** Why it isn't all, or not given to the right statement; undefined where it is. */
  readonly unsure: string | undefined;
  /** What all that was followed wrote to a table, by its oid, without what was rolled back since; undefined where something went by unseen. */
  writtenByAll(oid: string): RowsChanged | undefined;
  /** What a bound's migration or statement wrote to a table; undefined where nothing is known to have run. */
  writtenBy(bound: Pick<EvaluatedBound, 'migration' | 'statement'>, file: string, revision: string, oid: string): RowsChanged | undefined;
}

/** Whether a bound names a migration, by revision or by file. */
export function isOfMigration({ migration }: Pick<EvaluatedBound, 'migration'>, of: Pick<WatchedStatement, 'migration' | 'place'>): boolean {
  const { file } = of.place;
  return migration !== undefined && (migration === of.migration || migration === file || migration === file.split('/').at(-1));
}
