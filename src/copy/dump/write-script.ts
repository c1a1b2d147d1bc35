import type { TableCount } from '../../core/data.ts';
import type { DumpManifest } from '../../core/dump-manifest.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { openReader } from '../live/copy-tables.ts';
import { CountLines } from '../live/count-lines.ts';
import { listLargeObjects, makeStatements, readLargeObject } from '../live/large-objects.ts';
import { listPopulatedViews, refreshStatement } from '../live/materialized-views.ts';
import { findNotDumped } from '../live/not-dumped.ts';
import { readSchema } from '../live/read-schema.ts';
import { readingSource } from '../live/reading-source.ts';
import { readSequences, setvalStatement } from '../live/sequences.ts';
import { giveUpSnapshot, hasSchemaPublic } from '../live/snapshot.ts';
import { type CopyTable, copyInStatement, copyOutStatement, listTables } from '../live/table-list.ts';
import { sortedCounts } from '../parity/sorted-counts.ts';
import { Progress } from '../progress.ts';
import { describeStatement } from '../restore/describe-statement.ts';
import type { HashedFile } from './hashed-file.ts';

type Written = Pick<DumpManifest, 'counts' | 'rows' | 'bytes' | 'snapshotHeldMs' | 'ddlBy' | 'losses' | 'harmless'>;

/**
 * Writes a live source as one script that psql can run, in a dump's order: tables, rows, sequences, then indexes, constraints, triggers.
 * It begins and ends with the lines by which a whole script of pg_dump is known. Throws FailureError, SqlError and errors of the file.
 */
export async function writeScript(context: Context, source: LiveSource, file: HashedFile): Promise<Result<Written>> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  const { facts } = source;
  step(`reading the schema of ${facts.label}`);
  const schema = await readSchema(context, source);
  if (!schema.ok) return schema;
  await using reader = await openReader(context, source);
  const { notDumped, tables, views, hasPublic } = await readingSource(source, 'reading what is to be copied', async () => ({
    notDumped: await findNotDumped(reader),
    tables: (await listTables(reader, source.masking)).filter((table) => !(table.unlogged && facts.isStandby)),
    views: await listPopulatedViews(reader),
    hasPublic: await hasSchemaPublic(reader),
  }));
  const progress = new Progress(context.emit, {
    rows: tables.reduce((sum, table) => sum + table.estimatedRows, 0),
    bytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
  });

  await file.write(head(facts.serverVersion, schema.value.ddlBy, facts.dataAsOf));
  if (!hasPublic) await file.write('drop schema if exists public;\n\n');
  await file.write(withoutTrailer(schema.value.preData));
  step(`copying ${tables.length} tables`);
  const encoding = facts.locale.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';
  await file.write(`\nset client_encoding = '${encoding}';\n\n`);
  const counts: TableCount[] = [];
  for (const table of tables) {
    const count = await writeTable(context, source, reader, file, table, progress);
    if (table.extensionCondition === null) counts.push(count);
  }
  progress.say();
  await file.write("set client_encoding = 'UTF8';\n\n");
  await readingSource(source, 'reading large objects', () => writeLargeObjects(reader, file));
  const sequences = await readingSource(source, 'reading sequences', () => readSequences(reader));
  await file.write(sequences.map((sequence) => `${setvalStatement(sequence)};\n`).join(''));
  const snapshotHeldMs = await readingSource(source, 'giving up the snapshot', () => giveUpSnapshot(source.session));

  const [structure, eventTriggers] = cutBeforeEventTriggers(withoutTrailer(schema.value.postData));
  await file.write(`\n${structure}\n`);
  // Owners of materialized views read as they do in production: past policies only where they may.
  if (views.length > 0) await file.write(`set row_security = on;\n\n${views.map((view) => `${refreshStatement(view)};\n`).join('')}\n`);
  await file.write(eventTriggers);
  await file.write(trailer);
  const { rows, bytes } = progress;
  return ok({ counts: sortedCounts(counts), rows, bytes, snapshotHeldMs, ddlBy: schema.value.ddlBy, losses: notDumped, harmless: schema.value.notes });
}

async function writeTable(context: Context, source: LiveSource, reader: Session, file: HashedFile, table: CopyTable, progress: Progress): Promise<TableCount> {
  const counter = new CountLines((lines, bytes) => progress.add(lines, bytes));
  await file.write(`${copyInStatement(table)};\n`);
  try {
    await file.writeFrom(reader.copyOut(copyOutStatement(table)), counter, context.signal);
  } catch (error) {
    if (!(error instanceof SqlError) || context.signal.aborted) throw error;
    throw new FailureError(sourceFailure(error, source.facts.label, `copying ${qualifiedName(table.schema, table.name)}`));
  }
  await file.write('\\.\n\n');
  const { schema, name } = table.loadThrough ?? table;
  return { schema, table: name, rows: counter.lines };
}

/** Unlike when copying, one that can't be read ends the dump: a dump that lacks something must not look whole. */
async function writeLargeObjects(reader: Session, file: HashedFile): Promise<void> {
  for (const object of await listLargeObjects(reader)) {
    for (const statement of makeStatements(object)) await file.write(`${statement};\n`);
    for await (const { offset, base64 } of readLargeObject(reader, object.oid)) {
      await file.write(`select pg_catalog.lo_put('${object.oid}', ${offset}, pg_catalog.decode('${base64}', 'base64'));\n`);
    }
  }
}

function head(serverVersion: string, ddlBy: string, dataAsOf: string): string {
  return `--
-- PostgreSQL database dump
--

-- Dumped from database version ${serverVersion}
-- Dumped by pgrehearse, schema by ${ddlBy}
-- Data as of ${dataAsOf}
--
-- To restore: run roles.sql on the server, make an empty database from template0, then run dump.sql and database.sql in it:
--   psql -v ON_ERROR_STOP=1 -d NAME -f dump.sql

`;
}

const trailerText = '--\n-- PostgreSQL database dump complete\n--\n';
const trailer = `\n${trailerText}`;

/** pg_dump ends each section as if it were all. */
function withoutTrailer(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith(trailerText.trimEnd()) ? `${trimmed.slice(0, -trailerText.trimEnd().length).trimEnd()}\n` : text;
}

/** Event triggers come last, after the materialized views are filled: nothing of the load may fire them. */
function cutBeforeEventTriggers(text: string): readonly [string, string] {
  if (!/event\s+trigger/i.test(text)) return [text, ''];
  const first = splitStatements(text).find((statement) => describeStatement(statement.text).kind === 'event trigger');
  if (first === undefined) return [text, ''];
  const before = text.slice(0, first.start).replace(/--\n-- Name: [^\n]*\n--\n\n$/, '');
  return [before, text.slice(before.length)];
}
