import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countOf } from '../../core/count-of.ts';
import { hashFormat, type TableCount } from '../../core/data.ts';
import { type DumpFile, type DumpManifest, type DumpRows, type DumpTable, manifestText } from '../../core/dump-manifest.ts';
import type { Context } from '../../core/ports.ts';
import { listPopulatedViews, refreshStatement } from '../live/materialized-views.ts';
import { findNotDumped } from '../live/not-dumped.ts';
import { readSteadySchema } from '../live/read-schema.ts';
import { readSequences, setvalStatement } from '../live/sequences.ts';
import { giveUpSnapshot, hasSchemaPublic } from '../live/snapshot.ts';
import type { SteadySource } from '../live/steady-source.ts';
import { type CopyTable, listTables } from '../live/table-list.ts';
import { readUndumpedStatements } from '../live/undumped-statements.ts';
import type { SourceContent } from '../parity/hash-alongside.ts';
import { sortedCounts } from '../parity/sorted-counts.ts';
import { Progress } from '../progress.ts';
import { copyEncoding } from '../restore/session-settings.ts';
import { writeStatistics } from '../statistics/write-statistics.ts';
import { checkRoom } from './check-room.ts';
import { databaseScript, rolesScript } from './companion-scripts.ts';
import { type DumpFolder, writeDumpFile } from './dump-file.ts';
import type { DumpJournal } from './dump-journal.ts';
import { largeObjectParts } from './large-object-parts.ts';
import { restoreScript } from './restore-script.ts';
import { postDataScript, preDataScript } from './schema-scripts.ts';
import type { Sealing } from './seal.ts';
import { tableParts } from './table-parts.ts';
import { type WrittenPart, writeParts } from './write-parts.ts';

export interface FolderOptions {
  /** The ledger's name for the dump. */
  readonly id: string;
  /** Tables read side by side. */
  readonly jobs: number;
  /** Tables at least twice as large are cut into parts of about this size; 256 MB unless told. */
  readonly partBytes: number | undefined;
  /** ISO 8601. */
  readonly expiresAt: string | undefined;
  readonly sealing: Sealing | undefined;
  readonly journal: DumpJournal | undefined;
  /** False: the planner's statistics are gathered where the dump is loaded. */
  readonly carriesStatistics: boolean;
  /** What the source holds, where it is hashed meanwhile. */
  readonly content?: Promise<SourceContent> | undefined;
}

/**
 * Writes everything that a dump folder holds: schema, rows, large objects and sequences at the source's snapshot, which is given up as soon as
 * the last row was read; the manifest last. Throws FailureError, SqlError and errors of the file system.
 */
export async function writeFolder(context: Context, source: SteadySource, path: string, options: FolderOptions): Promise<DumpManifest> {
  const folder: DumpFolder = { path, ...(options.sealing === undefined ? {} : { seal: options.sealing.seal }) };
  const step = (text: string) => context.emit({ type: 'step', phase: 'provision', text });
  const { facts, masking } = source.current;
  step(`reading the schema of ${facts.label}`);
  const found = await source.read('reading what is to be copied', async ({ session: reader }) => {
    const tables = (await listTables(reader, masking)).filter((table) => !(table.unlogged && facts.isStandby));
    return {
      tables,
      parts: await tableParts(reader, tables, options.partBytes),
      objects: await largeObjectParts(reader, masking?.facts.largeObjects === 'empty'),
      notDumped: await findNotDumped(reader),
      undumped: await readUndumpedStatements(reader),
      views: await listPopulatedViews(reader),
      hasPublic: await hasSchemaPublic(reader),
    };
  });
  const { tables, objects } = found;
  await checkRoom(context, path, tables);
  await source.hold(tables);
  const { preData, postData, ddlBy, notes } = await readSteadySchema(context, source);
  const write = (name: string, content: string) => writeDumpFile(folder, name, content, context.signal);
  await mkdir(join(folder.path, 'data'), { recursive: true, mode: 0o700 });
  const preDataFile = await write('pre-data.sql', preDataScript(preData, found.hasPublic));
  const refreshes = found.views.map((view) => `${refreshStatement(view)};\n`);
  const postDataFile = await write('post-data.sql', postDataScript(postData, found.undumped, refreshes));
  const largeObjects = await write('large-objects.sql', objects.script);

  step(`writing ${countOf(tables.length, 'table')} with ${countOf(options.jobs, 'reader')}`);
  const progress = new Progress(context.emit, {
    rows: tables.reduce((sum, table) => sum + table.estimatedRows, 0),
    bytes: tables.reduce((sum, table) => sum + table.sizeBytes, 0),
  });
  const written = await writeParts(context, source, folder, [...found.parts, ...objects.parts], { ...options, progress });
  progress.say();
  const sequences = await source.read('reading sequences', ({ session: reader }) => readSequences(reader));
  const statistics = options.carriesStatistics ? await writeStatistics(context, source, folder) : undefined;
  await source.check();
  const { snapshotId } = source.current;
  const heldMs = await source.read('giving up the snapshot', ({ session: reader }) => giveUpSnapshot(reader));

  const hashed = await options.content;

  const dumped = tables.map((table) => asTable(table, written));
  const objectRows = written.flatMap(({ part, file }) => (part.table === undefined && file !== undefined ? [file] : []));
  const scripts = {
    preData: preDataFile,
    largeObjects,
    sequences: await write('sequences.sql', sequences.map((sequence) => `${setvalStatement(sequence)};\n`).join('')),
    postData: postDataFile,
  };
  const content = { scripts, tables: dumped, largeObjects: objectRows };
  const text = { encoding: copyEncoding(facts.locale.encoding), format: 'COPY text', compression: 'zstd' } as const;
  const companions: DumpFile[] = [await write('roles.sql', rolesScript(facts)), await write('database.sql', databaseScript(facts))];
  const keyFile = await options.sealing?.finish();
  if (keyFile !== undefined) companions.push(keyFile);
  // Names of tables and files stand in the manifest too: sealed or not, this one says how to restore and is read by psql itself.
  companions.push(
    await writeDumpFile(
      { path: folder.path },
      'restore.sql',
      restoreScript({ ...content, text, companions, facts, ...(options.sealing === undefined ? {} : { encryption: options.sealing.encryption }) }),
    ),
  );
  const all = (rows: readonly DumpRows[]) => rows.reduce((sum, file) => sum + file.bytes, 0);
  const unsigned: Omit<DumpManifest, 'sha256'> = {
    format: 'pgrehearse-dump/2',
    id: options.id,
    createdAt: context.now().toISOString(),
    ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    dataAsOf: facts.dataAsOf,
    snapshot: snapshotId,
    server: { version: facts.serverVersion, major: facts.major },
    text,
    ...(options.sealing === undefined ? {} : { encryption: options.sealing.encryption }),
    ...(masking === undefined ? {} : { masking: masking.facts }),
    facts,
    ...content,
    ...(statistics === undefined ? {} : { statistics }),
    companions,
    counts: countsOf(dumped),
    ...(hashed === undefined ? {} : { hashes: hashed.sourceHashes, hashFormat }),
    rows: dumped.reduce((sum, table) => sum + table.rows, 0),
    bytes: dumped.reduce((sum, table) => sum + all(table.files), 0),
    snapshotHeldMs: Math.max(heldMs, hashed?.snapshotHeldMs ?? 0),
    ddlBy,
    losses: [...found.notDumped, ...objects.losses],
    harmless: notes,
  };
  const manifest = { ...unsigned, sha256: createHash('sha256').update(manifestText(unsigned)).digest('hex') };
  await writeFile(join(folder.path, 'SHA256SUMS'), checksumLines(manifest), { mode: 0o600, flush: true });
  await writeFile(join(folder.path, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

function asTable(table: CopyTable, written: readonly WrittenPart[]): DumpTable {
  const files = written.flatMap(({ part, file }) => (part.table === table && file !== undefined ? [file] : []));
  const maskedColumns = table.columns.filter((column) => Object.hasOwn(table.masks, column));
  return {
    schema: table.schema,
    table: table.name,
    columns: table.columns,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    ...(table.loadThrough === null ? {} : { loadThrough: { schema: table.loadThrough.schema, table: table.loadThrough.name } }),
    ...(table.extensionCondition === null ? {} : { ofExtension: true }),
    ...(maskedColumns.length === 0 ? {} : { maskedColumns }),
    files,
  };
}

/** As rows are counted on a copy: where leaves can't be compared, their tree is; extensions' tables aren't. */
function countsOf(tables: readonly DumpTable[]): readonly TableCount[] {
  return sortedCounts(
    tables.filter((table) => table.ofExtension === undefined).map(({ schema, table, loadThrough, rows }) => ({ ...(loadThrough ?? { schema, table }), rows })),
  );
}

/** What `sha256sum --check SHA256SUMS` reads. */
function checksumLines({ scripts, tables, largeObjects, statistics, companions }: DumpManifest): string {
  const files = [
    ...Object.values(scripts),
    ...companions,
    ...tables.flatMap(({ files: rows }) => rows),
    ...largeObjects,
    ...(statistics === undefined ? [] : [statistics.file]),
  ];
  return files.map(({ sha256, name }) => `${sha256}  ${name}\n`).join('');
}
