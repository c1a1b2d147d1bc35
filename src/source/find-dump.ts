import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DumpManifest, ScriptManifest } from '../core/dump-manifest.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';

export type FoundDump =
  /** `toc` is the file that tells what it is: the file itself, or toc.dat of pg_dump's directory format. */
  | { readonly kind: 'file' | 'directory'; readonly path: string; readonly toc: string; readonly modifiedAt: Date }
  /** A folder of ours. */
  | { readonly kind: 'folder'; readonly path: string; readonly manifest: DumpManifest | ScriptManifest };

const fileNames = /\.(sql|dump|dmp|pgdump|custom|tar|backup|bak|pg|psql)(\.(gz|zst|zstd))?$/i;

/** What a path means: a dump file, a dump folder of ours, or, of a folder with several dumps, the newest. */
export async function findDump(path: string): Promise<Result<FoundDump>> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return fail(failure('dump-not-found', `There is no dump ${path}.`, { place: { file: path } }));
  if (info.isFile()) return ok({ kind: 'file', path, toc: path, modifiedAt: info.mtime });
  const names = await readdir(path);
  if (names.includes('manifest.json')) return await readFolder(path);
  if (names.includes('toc.dat')) {
    const toc = join(path, 'toc.dat');
    return ok({ kind: 'directory', path, toc, modifiedAt: (await stat(toc)).mtime });
  }
  const candidates = await Promise.all(names.map((name) => asCandidate(join(path, name), name)));
  const [newest] = candidates.filter((candidate) => candidate !== undefined).sort((left, right) => right.at - left.at || (left.path < right.path ? 1 : -1));
  if (newest === undefined) return fail(failure('dump-not-found', `The folder ${path} holds no dump.`, { place: { file: path } }));
  return await findDump(newest.path);
}

/** Names that begin with a dot are half-made. */
async function asCandidate(path: string, name: string): Promise<{ path: string; at: number } | undefined> {
  if (name.startsWith('.')) return undefined;
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return fileNames.test(name) ? { path, at: info.mtimeMs } : undefined;
  if (!info?.isDirectory()) return undefined;
  for (const mark of ['manifest.json', 'toc.dat']) {
    const marked = await stat(join(path, mark)).catch(() => undefined);
    if (marked !== undefined) return { path, at: marked.mtimeMs };
  }
  return undefined;
}

async function readFolder(path: string): Promise<Result<FoundDump>> {
  const file = join(path, 'manifest.json');
  try {
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Partial<DumpManifest> | Partial<ScriptManifest>;
    const { format, facts } = manifest;
    const isWhole = format === 'pgrehearse-dump/2' ? manifest.sha256 !== undefined : format === 'pgrehearse-dump/1' && Array.isArray(manifest.files);
    if (isWhole && facts !== undefined) return ok({ kind: 'folder', path, manifest: manifest as DumpManifest | ScriptManifest });
    return fail(failure('dump-damaged', `${file} is no manifest of a dump that this version reads.`, { place: { file } }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(failure('dump-damaged', `${file} can’t be read: ${why}.`, { place: { file } }));
  }
}
