import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DumpKeys } from '../core/dump-keys.ts';
import { type DumpFile, type DumpManifest, manifestText } from '../core/dump-manifest.ts';
import { FailureError, failure } from '../core/failure.ts';
import type { FolderSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { readDumpFile } from './read-dump-file.ts';
import { refusedStatement } from './refused-statement.ts';
import { unsealFor } from './unseal.ts';

/**
 * Opens a dump folder of ours: every file is there in its size, the scripts are read and found to be what the manifest says. Files of rows are checked
 * while they are loaded. Its facts are those of the day that it was made.
 *
 * Fails with `dump-damaged`, `dump-refused`, `dump-key-missing`, `dump-key-wrong`, `interrupted`, and what `readKeys` fails with.
 */
export async function openDumpFolder(
  context: Context,
  folder: string,
  manifest: DumpManifest,
  readKeys: (() => Promise<Result<DumpKeys>>) | undefined,
): Promise<Result<FolderSource>> {
  const damaged = await damage(folder, manifest);
  if (damaged !== undefined) return fail(damaged);
  const { encryption } = manifest;
  const keys = encryption === undefined || readKeys === undefined ? ok({ recipients: [], identities: [] }) : await readKeys();
  if (!keys.ok) return keys;
  try {
    const unseal = encryption === undefined ? undefined : await unsealFor(folder, encryption, keys.value);
    const read = (file: DumpFile) => readDumpFile(folder, file, unseal);
    const text = async (file: DumpFile) => {
      const content = Buffer.concat((await read(file).toArray({ signal: context.signal })) as Buffer[]).toString('utf8');
      checkStatements(content, join(folder, file.name));
      return content;
    };
    const { preData, largeObjects, sequences, postData } = manifest.scripts;
    const scripts = {
      preData: await text(preData),
      largeObjects: await text(largeObjects),
      sequences: await text(sequences),
      postData: await text(postData),
    };
    const facts = { ...manifest.facts, kind: 'dump' as const, label: `dump ${basename(folder)}` };
    return ok({ kind: 'folder', facts, manifest, scripts, read, [Symbol.asyncDispose]: async () => {} });
  } catch (error) {
    if (context.signal.aborted) return fail(failure('interrupted', 'Reading the dump was interrupted.'));
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

/** What shows without reading whole files: the manifest's own checksum, names that lead elsewhere, missing files and other sizes. */
async function damage(folder: string, manifest: DumpManifest) {
  const path = join(folder, 'manifest.json');
  if (createHash('sha256').update(manifestText(manifest)).digest('hex') !== manifest.sha256) {
    return failure('dump-damaged', `${path} was changed: its SHA-256 is not the one in it.`, { place: { file: path } });
  }
  for (const file of filesOf(manifest)) {
    if (!/^(data\/)?[\w.-]+$/.test(file.name)) {
      return failure('dump-refused', `${path} names a file that is not of this folder: ${file.name}.`, { place: { file: path } });
    }
    const place = { file: join(folder, file.name) };
    const info = await stat(place.file).catch(() => undefined);
    if (info === undefined) return failure('dump-damaged', `${place.file} is missing from the dump.`, { object: file.name, place });
    if (info.size !== file.sizeBytes) {
      return failure('dump-damaged', `${place.file} has ${info.size} bytes, but the manifest says ${file.sizeBytes}.`, { object: file.name, place });
    }
  }
  return undefined;
}

/** All that is read when a dump is loaded; the companions are for people. */
function filesOf({ scripts, tables, largeObjects, statistics }: DumpManifest): readonly DumpFile[] {
  return [...Object.values(scripts), ...tables.flatMap(({ files }) => files), ...largeObjects, ...(statistics === undefined ? [] : [statistics.file])];
}

/** A folder that looks like ours may come from elsewhere: what no pg_dump writes isn't run. */
function checkStatements(content: string, path: string): void {
  for (const { text, line, meta, unterminated } of splitStatements(content)) {
    const refused = meta === true ? 'holds a psql command, which is not run' : refusedStatement(text);
    if (refused !== undefined) throw new FailureError(failure('dump-refused', `Line ${line} of ${path} ${refused}.`, { place: { file: path, line } }));
    if (unterminated !== undefined)
      throw new FailureError(failure('dump-damaged', `${path} ends in the middle of a statement.`, { place: { file: path, line } }));
  }
}
