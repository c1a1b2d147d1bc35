import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DumpKeys } from '../../core/dump-keys.ts';
import type { DumpManifest } from '../../core/dump-manifest.ts';
import { type Failure, FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { jobsFor } from '../jobs-for.ts';
import { SteadySource } from '../live/steady-source.ts';
import { hashAlongside } from '../parity/hash-alongside.ts';
import { journalName, readJournal } from './dump-journal.ts';
import { abandonPlace, type DumpPlace, markerName, newPlace, unfinishedPlace } from './dump-place.ts';
import { sealedFor, sealFor } from './seal.ts';
import { readSourceState } from './source-state.ts';
import { writeFolder } from './write-folder.ts';

export interface DumpOptions {
  /** Tables read side by side; see jobsFor. */
  readonly jobs?: number;
  /** Tables at least twice as large are cut into parts of about this size; 256 MB unless told. */
  readonly partBytes?: number;
  /** ISO 8601: from when on `gc` removes it; kept until somebody drops it unless given. */
  readonly expiresAt?: string;
  /** Encrypts every file but the manifest and restore.sql. */
  readonly keys?: DumpKeys;
  /** The source can't change: what is finished is kept when the dump is interrupted. Masked dumps start again all the same. */
  readonly unchanging?: boolean;
  /** `carry`, unless told otherwise: production's own planner statistics are in the dump. `analyze`: they are gathered where it is loaded. */
  readonly statistics?: 'carry' | 'analyze' | undefined;
  /** Go on with an interrupted dump. */
  readonly resume?: boolean;
}

export interface WrittenDump {
  readonly folder: string;
  readonly sizeBytes: number;
  readonly report: CopyReport;
}

/**
 * Writes a live source into a folder of its own, `<folder>/<database>-<yyyymmdd-hhmmss>/`, readable by its owner only: scripts, a packed file or
 * more for each table, and manifest.json with checksums; restore.sql loads it with psql alone. The folder gets its name last: one that has it is whole.
 * The source's snapshot is given up as soon as the last row was read.
 *
 * Fails with `source-lost`, `standby-conflict`, `privileges-missing`, `copy-failed`, `disk-short`, `dump-not-writable`, `dump-not-resumable`,
 * `interrupted`, and what pg_dump fails with.
 *
 * @example const dump = await writeDump(context, source, 'dump', { jobs: 4, expiresAt: '2026-12-01T00:00:00Z' });
 */
export async function writeDump(context: Context, source: LiveSource, folder: string, options: DumpOptions = {}): Promise<Result<WrittenDump>> {
  const startedAt = performance.now();
  let place: DumpPlace | undefined;
  try {
    const found = await placeFor(context, source, folder, options);
    if (!found.ok) return found;
    place = found.value;
    const { resource, partial, journal } = place;
    const sealing = options.keys === undefined ? undefined : await sealFor(partial, options.keys, journal !== undefined);
    const folderOptions = {
      id: resource.id,
      jobs: jobsFor(context, options.jobs),
      partBytes: options.partBytes,
      expiresAt: options.expiresAt,
      sealing,
      journal,
      carriesStatistics: options.statistics !== 'analyze',
    };
    await using steady = await SteadySource.of(context, source);
    const manifest = await hashAlongside(context, steady, (content) => writeFolder(context, steady, partial, { ...folderOptions, content }));
    await finishPlace(context, place, manifest, options.expiresAt);
    const { counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless, masking } = manifest;
    const durationMs = Math.round(performance.now() - startedAt);
    const report = { sourceCounts: counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless, durationMs, ...(masking && { masking }) };
    return ok({ folder: place.whole, sizeBytes: sizeOf(manifest), report });
  } catch (error) {
    const why = dumpFailure(error, context.signal, source.facts.label, folder);
    if (why === undefined) {
      if (place !== undefined) await abandonPlace(context, place);
      throw error;
    }
    return fail(place === undefined ? why : await endAttempt(context, place, why));
  }
}

async function placeFor(context: Context, source: LiveSource, folder: string, options: DumpOptions): Promise<Result<DumpPlace>> {
  const { unchanging = false, resume = false, keys, expiresAt } = options;
  // Each attempt may have a salt of its own: rows of two attempts must not be mixed.
  const isResumable = unchanging && source.masking === undefined;
  const head = isResumable ? { state: await readSourceState(source.session), sealedFor: sealedFor(keys) } : undefined;
  const wanted = { database: source.facts.database, expiresAt, head };
  if (!resume) return ok(await newPlace(context, folder, wanted));
  if (head !== undefined) return await unfinishedPlace(context, folder, { ...wanted, head });
  const why = unchanging ? 'A masked dump starts again: the rows of two attempts could be masked differently.' : 'A source that may have changed is read anew.';
  return fail(
    failure('dump-not-resumable', why, unchanging ? {} : { cure: 'Leave out --resume; set source.unchanging where the source really can’t change.' }),
  );
}

/** Gives the dump its name. Whoever is killed in between leaves a line and a mark by which `gc` finishes this. */
async function finishPlace(context: Context, { resource, partial, whole }: DumpPlace, manifest: DumpManifest, expiresAt: string | undefined): Promise<void> {
  await rename(partial, whole);
  await context.ledger.amend(resource.id, {
    kept: true,
    label: `${basename(whole)} in ${dirname(resolve(whole))}`,
    facts: { folder: resolve(whole), sizeBytes: sizeOf(manifest), dataAsOf: manifest.dataAsOf, protection: protectionOf(manifest) },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  // Last, so that up to its name the attempt can be gone on with.
  for (const name of [journalName, markerName]) await rm(join(whole, name), { force: true });
}

/** Removes what was begun, unless it can be gone on with. */
async function endAttempt(context: Context, place: DumpPlace, why: Failure): Promise<Failure> {
  const finished = place.journal === undefined ? [] : (await readJournal(place.partial)).lines;
  if (finished.length === 0) {
    await abandonPlace(context, place);
    return why;
  }
  const kept = `${finished.length} finished parts were kept in ${place.partial}.`;
  return { ...why, message: `${why.message} ${kept}`, cure: `${why.cure} \`pgrehearse clone --resume\` goes on with what is finished.` };
}

/** What stands between the dump and its reader, for lists. */
function protectionOf({ masking, encryption }: DumpManifest): string {
  return (
    [...(masking === undefined || masking.columns.length === 0 ? [] : ['masked']), ...(encryption === undefined ? [] : ['encrypted'])].join(', ') || 'as it is'
  );
}

function sizeOf({ scripts, tables, largeObjects, statistics }: DumpManifest): number {
  const files = [...Object.values(scripts), ...tables.flatMap((table) => table.files), ...largeObjects, ...(statistics === undefined ? [] : [statistics.file])];
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** Undefined: a bug. */
function dumpFailure(error: unknown, signal: AbortSignal, label: string, folder: string): Failure | undefined {
  if (signal.aborted) return failure('interrupted', 'Writing the dump was interrupted.');
  if (error instanceof FailureError) return error.failure;
  if (error instanceof SqlError) return sourceFailure(error, label, 'writing the dump');
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return failure('disk-short', `There is no room for the dump in ${folder}.`, { object: folder });
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EPERM') {
    return failure('dump-not-writable', `No dump can be written into ${folder}: ${code}.`, { object: folder });
  }
  return undefined;
}
