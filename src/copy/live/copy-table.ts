import { pipeline } from 'node:stream/promises';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { Progress } from '../progress.ts';
import { CountLines } from './count-lines.ts';
import { type CopyTable, copyInStatement, copyOutStatement } from './table-list.ts';

/**
 * Streams one table from the source to the copy in COPY's text format: exact for every type, the same on every version, and countable.
 * Returns the rows that the source gave. Throws FailureError: the source's and the copy's errors are told apart.
 */
export async function copyTable(source: Session, target: Session, table: CopyTable, label: string, progress: Progress, signal: AbortSignal): Promise<number> {
  const name = qualifiedName(table.schema, table.name);
  const counter = new CountLines((lines, bytes) => progress.add(lines, bytes));
  const reading = source.copyOut(copyOutStatement(table));
  // One side's error destroys the other: whose it is shows in who speaks first.
  let first: { readonly side: 'source' | 'copy'; readonly error: unknown } | undefined;
  const hear = (side: 'source' | 'copy') => (error: unknown) => {
    first ??= { side, error };
  };
  reading.once('error', hear('source'));
  const freeze = table.loadThrough === null && table.extensionCondition === null;
  try {
    // In the transaction that empties a table, COPY may skip the log and mark rows as settled, so that the first readers needn't.
    if (freeze) await target.execute(`begin; truncate only ${name}`);
    const writing = target.copyIn(freeze ? `${copyInStatement(table)} with (freeze)` : copyInStatement(table));
    writing.once('error', hear('copy'));
    await pipeline(reading, counter, writing, { signal });
    if (freeze) await target.execute('commit');
    return counter.lines;
  } catch (error) {
    reading.destroy();
    if (signal.aborted) throw error;
    const { side, error: cause } = first ?? { side: 'copy', error };
    if (isPrematureClose(cause)) throw new FailureError(failure('source-lost', `The connection to ${label} ended while copying ${name}.`, { object: name }));
    if (!(cause instanceof SqlError)) throw cause;
    throw new FailureError(side === 'source' ? sourceFailure(cause, label, `copying ${name}`) : writeFailure(name, cause));
  }
}

/** A stream that closes without an error of the server: its connection went. */
function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function writeFailure(name: string, error: SqlError) {
  const { sqlstate, message, where } = error.fields;
  const code = sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(sqlstate) ? 'server-lost' : 'copy-failed';
  const place = where === undefined ? '' : ` (${where.split('\n')[0]?.slice(0, 200)})`;
  return failure(code, `Loading ${name} into the copy failed with SQLSTATE ${sqlstate}: ${message}${place}.`, { object: name, sql: error.fields });
}
