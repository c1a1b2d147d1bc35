import { mkdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DumpKeys } from '../../core/dump-keys.ts';
import type { DumpManifest } from '../../core/dump-manifest.ts';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { hashAlongside } from '../parity/hash-alongside.ts';
import { sealFor } from './seal.ts';
import { writeFolder } from './write-folder.ts';

export interface DumpOptions {
  /** Tables read side by side; 2 unless told. */
  readonly jobs?: number;
  /** ISO 8601: from when on `gc` removes it; kept until somebody drops it unless given. */
  readonly expiresAt?: string;
  /** Encrypts every file but the manifest and restore.sql. */
  readonly keys?: DumpKeys;
}

export interface WrittenDump {
  readonly folder: string;
  readonly sizeBytes: number;
  readonly report: CopyReport;
}

/** A half-made folder bears this mark, by which `gc` knows that it may remove it. */
const markerName = 'pgrehearse-resource.json';
const defaultJobs = 2;

/**
 * Writes a live source into a folder of its own, `<folder>/<database>-<yyyymmdd-hhmmss>/`, readable by its owner only: scripts, a packed file or
 * more for each table, and manifest.json with checksums; restore.sql loads it with psql alone. The folder gets its name last: one that has it is whole.
 * The source's snapshot is given up as soon as the last row was read.
 *
 * Fails with `source-lost`, `standby-conflict`, `privileges-missing`, `copy-failed`, `disk-short`, `dump-not-writable`, `interrupted`, and what
 * pg_dump fails with.
 *
 * @example const dump = await writeDump(context, source, 'dump', { jobs: 4, expiresAt: '2026-12-01T00:00:00Z' });
 */
export async function writeDump(context: Context, source: LiveSource, folder: string, options: DumpOptions = {}): Promise<Result<WrittenDump>> {
  const startedAt = performance.now();
  const { facts } = source;
  const name = await freeName(folder, `${facts.database.replaceAll(/[^\w.-]+/g, '_')}-${stamp(context.now())}`);
  const partial = join(folder, `.${name}.partial`);
  const whole = join(folder, name);
  const resource = await context.ledger.plan({
    kind: 'dump',
    label: `unfinished dump of ${facts.database}`,
    facts: { folder: resolve(partial), becomes: resolve(whole) },
    ...(context.runId === undefined ? {} : { runId: context.runId }),
  });
  const giveUp = async () => {
    await rm(partial, { recursive: true, force: true });
    await context.ledger.forget(resource.id);
  };
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(partial, { mode: 0o700 });
    await writeFile(join(partial, markerName), JSON.stringify({ id: resource.id }), { mode: 0o600 });
    const sealing = options.keys === undefined ? undefined : await sealFor(partial, options.keys);
    const { expiresAt, jobs = defaultJobs } = options;
    const written = await hashAlongside(context, source, (content) =>
      writeFolder(context, source, partial, { id: resource.id, jobs, expiresAt, sealing, journal: undefined, content }),
    );
    if (!written.ok) {
      await giveUp();
      return written;
    }
    const manifest = written.value;
    await rename(partial, whole);
    await context.ledger.amend(resource.id, {
      kept: true,
      label: `dump ${name}`,
      facts: { folder: resolve(whole), sizeBytes: sizeOf(manifest), dataAsOf: manifest.dataAsOf, protection: protectionOf(manifest) },
      ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    });
    // Only now: a folder that is neither marked nor in the ledger would be nobody's, should we be killed in between.
    await unlink(join(whole, markerName));
    const { counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless } = manifest;
    const report = { sourceCounts: counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless, durationMs: Math.round(performance.now() - startedAt) };
    return ok({ folder: whole, sizeBytes: sizeOf(manifest), report });
  } catch (error) {
    await giveUp();
    return fail(dumpFailure(error, context.signal, facts.label, folder));
  }
}

/** What stands between the dump and its reader, for lists. */
function protectionOf({ masking, encryption }: DumpManifest): string {
  return [...(masking === undefined ? [] : ['masked']), ...(encryption === undefined ? [] : ['encrypted'])].join(', ') || 'as it is';
}

function sizeOf({ scripts, tables, largeObjects }: DumpManifest): number {
  const files = [...Object.values(scripts), ...tables.flatMap((table) => table.files), ...largeObjects];
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}

/** `20261121-024205`, UTC. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

async function freeName(folder: string, wanted: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    const taken = await Promise.all([stat(join(folder, name)), stat(join(folder, `.${name}.partial`))].map((look) => look.then(() => true).catch(() => false)));
    if (!taken.includes(true)) return name;
  }
}

function dumpFailure(error: unknown, signal: AbortSignal, label: string, folder: string) {
  if (signal.aborted) return failure('interrupted', 'Writing the dump was interrupted; the unfinished dump was removed.');
  if (error instanceof FailureError) return error.failure;
  if (error instanceof SqlError) return sourceFailure(error, label, 'writing the dump');
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failure('disk-short', `There is no room for the dump in ${folder}; the unfinished dump was removed.`, { object: folder });
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EPERM') {
    return failure('dump-not-writable', `No dump can be written into ${folder}: ${code}.`, { object: folder });
  }
  throw error;
}
