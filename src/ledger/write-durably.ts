import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file as a whole: after a crash at any point it holds either the old text or the new one, and once this returns it is on the disk.
 * Throws what the file system throws.
 */
export async function writeDurably(file: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await using handle = await open(draft, 'wx', mode);
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  }
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/** Makes names that were added to or taken from a folder survive a crash. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
