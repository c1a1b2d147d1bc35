import { type Failure, failure, type SqlErrorFields } from '../core/failure.ts';
import type { RootCause } from '../core/root-cause.ts';

/** Where a statement stood. */
export interface FailedStatement {
  readonly migration: string;
  readonly file: string;
  /** 1-based within the migration. */
  readonly index: number;
  /** 1-based line of the file at which the statement starts. */
  readonly line: number;
  readonly text: string;
  /** The tool has its own way of being told to leave out the transaction. */
  readonly toolDecides?: boolean;
}

/** The failure of a statement of a migration: which, where, with which SQLSTATE, and what stayed in the database. */
export function migrationFailure(statement: FailedStatement, sql: SqlErrorFields, leftBehind: string): Failure {
  const line = errorLine(statement, sql);
  const place = { file: statement.file, line };
  const where = `${statement.migration}, statement ${statement.index} (${statement.file}:${line})`;
  const lost = environmentFailure(sql);
  if (lost !== undefined) return failure(lost, `${where}: ${sql.message}`, { object: statement.migration, place, sql });
  const rootCause = rootCauseOf(sql.sqlstate);
  return failure('migration-failed', `${where} failed: ${sql.message} (SQLSTATE ${sql.sqlstate}). Left behind: ${leftBehind}.`, {
    object: statement.migration,
    place,
    sql: { ...sql, statement: statement.text },
    ...(rootCause === undefined ? {} : { rootCause }),
    ...(sql.sqlstate === '25001' ? { cure: statement.toolDecides === true ? toolsOwnCure : noTransactionCure } : {}),
  });
}

const noTransactionCure =
  'Put the statement into a migration of its own that its tool runs without a transaction; tell it here with "-- pgrehearse: no-transaction" at the top of the file.';

const toolsOwnCure =
  'Put the statement into a migration of its own that its tool runs without a transaction, and tell the tool so: “-- no-transaction” as the first line (sqlx), “-- +goose NO TRANSACTION”, “-- migrate:up transaction:false” (dbmate), run_in_transaction = false in metadata.toml (Diesel), executeInTransaction=false in the .conf beside it (Flyway). golang-migrate needs nothing but the file of its own.';

/** The line that the server points at, or the statement's first. */
export function errorLine(statement: Pick<FailedStatement, 'line' | 'text'>, sql: SqlErrorFields): number {
  if (sql.position === undefined) return statement.line;
  // Positions count characters, JavaScript's strings UTF-16 units.
  const before = [...statement.text].slice(0, sql.position - 1);
  return statement.line + before.filter((character) => character === '\n').length;
}

/** A lost server or a full disk says nothing about the migration. */
function environmentFailure({ sqlstate }: SqlErrorFields): 'server-lost' | 'disk-short' | undefined {
  if (sqlstate.startsWith('08') || /^57P0[123]$/.test(sqlstate)) return 'server-lost';
  return sqlstate === '53100' ? 'disk-short' : undefined;
}

function rootCauseOf(sqlstate: string): RootCause | undefined {
  return sqlstate === '55P03' || sqlstate === '40P01' ? 'lock' : undefined;
}
