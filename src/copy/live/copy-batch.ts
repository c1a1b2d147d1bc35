import { type Failure, FailureError, failure, RelayError, SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteLiteral } from '../../sql/quote.ts';
import { maskedRowFailure, tableFailure } from '../mask/table-failure.ts';
import type { ProgressPart } from '../progress.ts';
import { type CopyFormat, type CopyTable, copyInStatement, copyOutStatement } from './table-list.ts';

export interface CopyBatchOptions {
  /** How the source is called in messages. */
  readonly label: string;
  readonly part: ProgressPart;
  /** The target's server is thrown away with the copy: its catalogs may be changed for a moment. */
  readonly isServerOurs?: boolean;
}

/**
 * Sends the rows of some tables from the source straight into the copy, as one transaction there. Returns the rows of each.
 * Throws FailureError: the source's and the copy's errors are told apart.
 */
export async function copyBatch(
  source: Session,
  target: Session,
  tables: readonly CopyTable[],
  { label, part, isServerOurs = false }: CopyBatchOptions,
): Promise<readonly number[]> {
  const formats = tables.map((table) => formatFor(table, source, target));
  const relay = {
    out: tables.map((table, place) => copyOutStatement(table, formats[place])).join(';\n'),
    into: tables.map((table, place) => fillStatements(table, formats[place], isServerOurs)).join(';\n'),
    onData: (rows: number, bytes: number) => part.add(rows, bytes),
  };
  try {
    const { given, taken } = await source.relayCopy(target, relay);
    tables.forEach((table, place) => {
      if (given[place] === undefined || given[place] !== taken[place]) throw new FailureError(unequal(table, given[place], taken[place]));
    });
    return given;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    const table = tables[Math.min(error.place, tables.length - 1)];
    const { cause } = error;
    if (!(cause instanceof SqlError) || table === undefined) throw cause;
    const name = qualifiedName(table.schema, table.name);
    // The text of the whole batch would say less than the one table's.
    const statement = error.side === 'source' ? copyOutStatement(table) : copyInStatement(table);
    const own = new SqlError({ ...cause.fields, statement }, { cause });
    throw new FailureError(error.side === 'source' ? tableFailure(own, label, table) : (maskedRowFailure(own, table) ?? writeFailure(name, own)));
  }
}

/** Emptying a table makes new files for it, which costs as much as half a megabyte of rows. */
const worthEmptyingBytes = 512 * 1024;

/** In the transaction that empties a table, COPY may skip the log and mark rows as settled, so that the first readers needn't. */
function fillStatements(table: CopyTable, format: CopyFormat = 'text', isServerOurs = false): string {
  const isOurs = table.loadThrough === null && table.extensionCondition === null && table.range === undefined && table.sizeBytes >= worthEmptyingBytes;
  const options = [...(isOurs ? ['freeze'] : []), ...(format === 'binary' ? ['format binary'] : [])];
  const fill = `${copyInStatement(table)}${options.length === 0 ? '' : ` with (${options.join(', ')})`}`;
  if (!isOurs) return fill;
  const emptied = `truncate only ${qualifiedName(table.schema, table.name)};\n${fill}`;
  return isServerOurs && table.sizeBytes >= worthUncountingBytes ? withoutCountingCharacters(table, emptied) : emptied;
}

const worthUncountingBytes = 16 * 1024 * 1024;

/**
 * For char(n) Postgres counts the characters of each value one by one, which can take a quarter of a load. Production's values have just that
 * length, padded; a column of no length takes them as they come. A typmod below 4 means no length: here it is the negative of the right one, until the
 * same transaction has all rows.
 */
function withoutCountingCharacters(table: CopyTable, fill: string): string {
  const regclass = quoteLiteral(qualifiedName(table.schema, table.name));
  const turn = (condition: string) =>
    `update pg_catalog.pg_attribute set atttypmod = -atttypmod
      where attrelid = ${regclass}::pg_catalog.regclass and attnum > 0 and atttypid = 'pg_catalog.bpchar'::pg_catalog.regtype and ${condition}`;
  return `${turn('atttypmod > 4')};\n${fill};\n${turn('atttypmod < -4')}`;
}

function formatFor(table: CopyTable, source: Session, target: Session): CopyFormat {
  const major = ({ serverVersionNum }: Session) => Math.floor(serverVersionNum / 10_000);
  return table.fitsBinary && major(source) === major(target) ? 'binary' : 'text';
}

function unequal(table: CopyTable, given: number | undefined, taken: number | undefined): Failure {
  const name = qualifiedName(table.schema, table.name);
  return failure('copy-failed', `The source gave ${given ?? 'no'} rows of ${name}, and the copy took ${taken ?? 'none'}.`, { object: name });
}

function writeFailure(name: string, error: SqlError): Failure {
  const { sqlstate, message, where } = error.fields;
  const code = sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(sqlstate) ? 'server-lost' : 'copy-failed';
  const place = where === undefined ? '' : ` (${where.split('\n')[0]?.slice(0, 200)})`;
  return failure(code, `Loading ${name} into the copy failed with SQLSTATE ${sqlstate}: ${message}${place}.`, { object: name, sql: error.fields });
}
