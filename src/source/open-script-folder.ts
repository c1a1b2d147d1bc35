import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ScriptManifest } from '../core/dump-manifest.ts';
import { failure } from '../core/failure.ts';
import type { ScriptSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { openPlain } from './open-plain.ts';

/** Opens a dump folder of the first format (one script) after each file was shown to be what the manifest says. Its facts are those of the day that it was made. */
export async function openScriptFolder(context: Context, folder: string, manifest: ScriptManifest): Promise<Result<ScriptSource>> {
  for (const file of manifest.files) {
    const path = join(folder, basename(file.name));
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) return fail(failure('dump-damaged', `${path} is missing from the dump.`, { place: { file: path } }));
    if (info.size !== file.sizeBytes) {
      return fail(failure('dump-damaged', `${path} has ${info.size} bytes, but the manifest says ${file.sizeBytes}.`, { place: { file: path } }));
    }
    const hash = createHash('sha256');
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal: context.signal });
    } catch (error) {
      if (context.signal.aborted) return fail(failure('interrupted', 'Reading the dump was interrupted.'));
      throw error;
    }
    if (hash.digest('hex') !== file.sha256)
      return fail(failure('dump-damaged', `${path} was changed: its SHA-256 is not the manifest’s.`, { place: { file: path } }));
  }
  const script = join(folder, 'dump.sql');
  if (!manifest.files.some((file) => file.name === 'dump.sql')) return fail(failure('dump-damaged', `The manifest of ${folder} names no dump.sql.`));
  return ok({
    kind: 'script',
    facts: { ...manifest.facts, kind: 'dump', label: `dump ${basename(folder)}` },
    encoding: manifest.facts.locale.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8',
    madeByDump: true,
    losses: manifest.losses,
    open: async () => ok(openPlain(script, 'none')),
    [Symbol.asyncDispose]: async () => {},
  });
}
