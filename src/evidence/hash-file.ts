import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** SHA-256 and size of a file, read as a stream. */
export async function hashFile(file: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Everything in a folder that isn't a folder, sorted, with forward slashes. `plain` is false for links, sockets and the like. */
export async function listFiles(folder: string): Promise<readonly { readonly path: string; readonly plain: boolean }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => !one.isDirectory())
    .map((one) => ({ path: relative(folder, join(one.parentPath, one.name)).split(sep).join('/'), plain: one.isFile() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
