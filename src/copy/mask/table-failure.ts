import { type Failure, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { CopyTable } from '../live/table-list.ts';

type Masked = Pick<CopyTable, 'schema' | 'name' | 'masks'>;

/** Errors about what values are: their messages may quote one. Connections, locks, privileges and resources are told as they are. */
const aboutValues = /^(0A|20|21|22|23|2F|38|39|44|P0|XX)/;

/**
 * What an error means that the source gave while one table was read. Where the table is masked, a message about values is left out, since it may quote one
 * that must not leave production: the masked columns are named instead.
 */
export function tableFailure(error: SqlError, label: string, table: Masked): Failure {
  const name = qualifiedName(table.schema, table.name);
  const { sqlstate } = error.fields;
  if (!isMasked(table)) return { ...sourceFailure(error, label, `copying ${name}`), object: name };
  if (!aboutValues.test(sqlstate)) {
    // The statement holds the masks' whole dictionaries, and its error is not about them.
    const { statement: _, position: __, ...fields } = error.fields;
    return { ...sourceFailure(new SqlError(fields), label, `copying ${name}`), object: name };
  }
  const message = `${label} could not evaluate a mask of ${name} for one of its rows (SQLSTATE ${sqlstate}); masked are ${columnsOf(table)}.`;
  return failure('mask-failed', `${message} What it said is left out: it may quote a value.`, { object: name, sql: { sqlstate, message: 'left out' } });
}

/** The same of an error that came while more than one table was read. */
export function readingFailure(error: SqlError, { facts, masking }: Pick<LiveSource, 'facts' | 'masking'>, doing: string): Failure {
  const { sqlstate } = error.fields;
  if ((masking?.tables.length ?? 0) === 0 || !aboutValues.test(sqlstate)) return sourceFailure(error, facts.label, doing);
  const message = `${facts.label} answered with SQLSTATE ${sqlstate} while ${doing}, perhaps of a mask. What it said is left out: it may quote a value.`;
  return failure('mask-failed', message, { sql: { sqlstate, message: 'left out' } });
}

/** An error that the copy gave while it took a table's rows, where a mask may be its cause: a value that doesn't fit the type or a constraint. */
export function maskedRowFailure(error: SqlError, table: Masked): Failure | undefined {
  const { sqlstate, message, constraint } = error.fields;
  if (!isMasked(table) || !/^(22|23)/.test(sqlstate)) return undefined;
  const name = qualifiedName(table.schema, table.name);
  return failure('mask-failed', `A row of ${name} does not fit after masking (SQLSTATE ${sqlstate}): ${message}; masked are ${columnsOf(table)}.`, {
    object: name,
    sql: { sqlstate, message, ...(constraint === undefined ? {} : { constraint }) },
  });
}

function isMasked({ masks }: Masked): boolean {
  return Object.keys(masks).length > 0;
}

function columnsOf({ masks }: Masked): string {
  return Object.keys(masks).join(', ');
}
