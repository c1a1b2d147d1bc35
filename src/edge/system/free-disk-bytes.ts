import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Bytes that an ordinary user may still write where this folder is, or would be. */
export async function freeDiskBytes(folder: string): Promise<number> {
  const place = resolve(folder);
  try {
    const { bavail, bsize } = await statfs(place);
    return bavail * bsize;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (!isMissing || dirname(place) === place) throw error;
    return freeDiskBytes(dirname(place));
  }
}
