import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { openPlainly } from './open-plainly.ts';

/** SHA-256 and size of a file, read as a stream. */
export async function hashFile(file: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await using opened = await openPlainly(file);
  for await (const chunk of opened.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Something in a folder. */
export interface FoundFile {
  /** Below the folder, with forward slashes. */
  readonly path: string;
  /** False for links, sockets and the like. */
  readonly plain: boolean;
  readonly folder: boolean;
  /** Whether others than its owner may read or write it. */
  readonly open: boolean;
}

/** Everything in a folder, at any depth, sorted. */
export async function listFiles(folder: string): Promise<readonly FoundFile[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    found.map(async (one) => {
      const file = join(one.parentPath, one.name);
      const { mode } = await lstat(file);
      const isLink = one.isSymbolicLink();
      return {
        path: relative(folder, file).split(sep).join('/'),
        plain: one.isFile() || one.isDirectory(),
        folder: one.isDirectory(),
        // Where there are no such rights, as on Windows' file systems, every file seems open.
        open: !isLink && process.platform !== 'win32' && (mode & 0o077) !== 0,
      };
    }),
  );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
