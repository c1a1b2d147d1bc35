import { mkdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DumpManifest } from '../../core/dump-manifest.ts';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CopyReport } from '../../core/source-facts.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { databaseScript, rolesScript } from './companion-scripts.ts';
import { HashedFile } from './hashed-file.ts';
import { writeScript } from './write-script.ts';

export interface WrittenDump {
  readonly folder: string;
  readonly sizeBytes: number;
  readonly report: CopyReport;
}

/** A half-made folder bears this mark, by which `gc` knows that it may remove it. */
const markerName = 'pgrehearse-resource.json';

/**
 * Writes a live source into a folder of its own, `<folder>/<database>-<yyyymmdd-hhmmss>/`, readable by its owner only: dump.sql, roles.sql and
 * database.sql (plain SQL that psql can run) and manifest.json with checksums. The folder gets its name last: one that has it is whole.
 * The source's snapshot is given up as soon as the last row was read.
 *
 * Fails with `source-lost`, `standby-conflict`, `privileges-missing`, `copy-failed`, `disk-short`, `interrupted`, and what pg_dump fails with.
 *
 * @example const dump = await writeDump(context, source, 'dump');
 */
export async function writeDump(context: Context, source: LiveSource, folder: string): Promise<Result<WrittenDump>> {
  const startedAt = performance.now();
  const name = await freeName(folder, `${source.facts.database.replaceAll(/[^\w.-]+/g, '_')}-${stamp(context.now())}`);
  const partial = join(folder, `.${name}.partial`);
  const resource = await context.ledger.plan({
    kind: 'dump',
    label: `unfinished dump of ${source.facts.database}`,
    facts: { folder: resolve(partial), becomes: resolve(folder, name) },
    ...(context.runId === undefined ? {} : { runId: context.runId }),
  });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await mkdir(partial, { mode: 0o700 });
    await writeFile(join(partial, markerName), JSON.stringify({ id: resource.id }), { mode: 0o600 });
    const manifest = await writeFiles(context, source, partial);
    if (!manifest.ok) {
      await rm(partial, { recursive: true, force: true });
      return manifest;
    }
    await rename(partial, join(folder, name));
    // Only now: a folder that is neither marked nor named would be nobody's, should we be killed in between.
    await unlink(join(folder, name, markerName));
    const { counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless, files } = manifest.value;
    const report = { sourceCounts: counts, rows, bytes, snapshotHeldMs, ddlBy, losses, harmless, durationMs: Math.round(performance.now() - startedAt) };
    return ok({ folder: join(folder, name), sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0), report });
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    return fail(dumpFailure(error, context.signal, source.facts.label, folder));
  } finally {
    await context.ledger.forget(resource.id);
  }
}

async function writeFiles(context: Context, source: LiveSource, partial: string): Promise<Result<DumpManifest>> {
  const script = new HashedFile(join(partial, 'dump.sql'));
  try {
    const written = await writeScript(context, source, script);
    if (!written.ok) {
      script.abandon();
      return written;
    }
    const files = [await script.finish()];
    for (const [name, text] of [
      ['roles.sql', rolesScript(source.facts)],
      ['database.sql', databaseScript(source.facts)],
    ] as const) {
      const file = new HashedFile(join(partial, name));
      await file.write(text);
      files.push(await file.finish());
    }
    const manifest: DumpManifest = { format: 'pgrehearse-dump/1', createdAt: context.now().toISOString(), facts: source.facts, ...written.value, files };
    const file = new HashedFile(join(partial, 'manifest.json'));
    await file.write(`${JSON.stringify(manifest, undefined, 2)}\n`);
    await file.finish();
    return ok(manifest);
  } catch (error) {
    script.abandon();
    throw error;
  }
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
