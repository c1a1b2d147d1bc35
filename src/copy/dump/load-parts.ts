import { pipeline } from 'node:stream/promises';
import type { DumpFile, DumpTable } from '../../core/dump-manifest.ts';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { FolderSource } from '../../core/open-source.ts';
import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { Progress } from '../progress.ts';
import { CountedRows } from './counted-rows.ts';
import { makeStaging, putStaged, stagingTable } from './large-object-rows.ts';
import type { LoadRecord } from './load-record.ts';

const smallBytes = 256 * 1024;

/**
 * Loads the rows of one table. They count only when every file was what the manifest says to its last byte and gave as many rows.
 * With a record, that they are there is written down in their own transaction.
 *
 * Throws FailureError: `dump-damaged` for the dump's side, `copy-failed`, `disk-short` or `server-lost` for the copy's.
 */
export async function loadTable(
  source: FolderSource,
  session: Session,
  table: DumpTable,
  progress: Progress,
  signal: AbortSignal,
  record?: LoadRecord,
): Promise<void> {
  if (table.files.length === 0) return;
  const into = table.loadThrough ?? table;
  const name = qualifiedName(into.schema, into.table);
  const columns = table.columns.length === 0 ? '' : ` (${table.columns.map(quoteIdentifier).join(', ')})`;
  // In the transaction that empties a table, COPY may skip the log and mark rows as settled. All files of a table go into one. Emptying costs more
  // than a small table's rows.
  const isSmall = table.files.reduce((sum, file) => sum + file.bytes, 0) < smallBytes;
  const freeze = table.loadThrough === undefined && table.ofExtension === undefined && !isSmall;
  await writing(name, signal, async () => {
    const isOne = isSmall && record === undefined;
    if (!isOne) await session.execute(freeze ? `begin; truncate only ${name}` : 'begin');
    for (const file of table.files) {
      const rows = await loadFile(source, session, file, `copy ${name}${columns} from stdin${freeze ? ' with (freeze)' : ''}`, progress, signal);
      expectRows(source, file, file.rows, rows);
    }
    if (!isOne) await session.execute(record === undefined ? 'commit' : `${record.tableStatement(table)}; commit`);
  });
}

/** Fills the large objects, which exist already, by way of a temporary table. Throws as `loadTable` does. */
export async function loadLargeObjects(source: FolderSource, session: Session, progress: Progress, signal: AbortSignal, record?: LoadRecord): Promise<void> {
  const { largeObjects } = source.manifest;
  if (largeObjects.length === 0) {
    if (record !== undefined) await session.execute(record.largeObjectsStatement);
    return;
  }
  await writing('large objects', signal, async () => {
    await session.execute(makeStaging);
    for (const file of largeObjects) {
      const rows = await loadFile(source, session, file, `copy ${stagingTable} from stdin`, progress, signal);
      expectRows(source, file, file.rows, rows);
      await session.execute(`${putStaged}; truncate ${stagingTable}`);
    }
    await session.execute(`drop table ${stagingTable}${record === undefined ? '' : `; ${record.largeObjectsStatement}`}`);
  });
}

async function loadFile(source: FolderSource, session: Session, file: DumpFile, statement: string, progress: Progress, signal: AbortSignal): Promise<number> {
  const counted = new CountedRows(source.read(file), (rows, bytes) => progress.add(rows, bytes));
  await pipeline(counted, session.copyIn(statement), { signal });
  return counted.rows;
}

function expectRows(source: FolderSource, file: DumpFile, expected: number, got: number): void {
  if (got === expected) return;
  const message = `${file.name} of ${source.facts.label} holds ${got} rows, but its manifest says ${expected}.`;
  throw new FailureError(failure('dump-damaged', message, { object: file.name }));
}

async function writing(name: string, signal: AbortSignal, load: () => Promise<void>): Promise<void> {
  try {
    await load();
  } catch (error) {
    if (signal.aborted || !(error instanceof SqlError)) throw error;
    const { sqlstate, message, where } = error.fields;
    const code = sqlstate === '53100' ? 'disk-short' : /^(08|57)/.test(sqlstate) ? 'server-lost' : 'copy-failed';
    const place = where === undefined ? '' : ` (${where.split('\n')[0]?.slice(0, 200)})`;
    throw new FailureError(failure(code, `Loading ${name} failed with SQLSTATE ${sqlstate}: ${message}${place}.`, { object: name, sql: error.fields }));
  }
}
