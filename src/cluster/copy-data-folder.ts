import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { handOver, type ServerUser } from './server-user.ts';

/** As many files at once as Node's thread pool has threads. */
const lanes = 4;

/**
 * Copies a frozen data folder, for another server to run on. The copy is handed to `user` when it is whole. Throws what the file system throws, or
 * the signal's reason.
 *
 * @param how.mode as `copyFile` takes it: whether the file system has to share the blocks
 */
export async function copyDataFolder(
  from: string,
  to: string,
  user: ServerUser,
  { mode, signal }: { readonly mode: number; readonly signal: AbortSignal },
): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const path = (entry: { parentPath: string; name: string }) => join(entry.parentPath, entry.name).slice(from.length + 1);
  await mkdir(to, { mode: 0o700 });
  const folders = entries.filter((entry) => entry.isDirectory()).map(path);
  // Parents come before what is in them.
  for (const folder of folders.toSorted()) {
    await mkdir(join(to, folder), { mode: 0o700 });
    await handOver(join(to, folder), user);
  }

  const queue = entries.filter((entry) => !entry.isDirectory()).map(path);
  const work = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      signal.throwIfAborted();
      await copyFile(join(from, file), join(to, file), mode);
      await handOver(join(to, file), user);
    }
  };
  // All lanes have to end before anybody may remove what they write.
  const failed = (await Promise.allSettled(Array.from({ length: lanes }, work))).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  await chmod(to, 0o700);
  await handOver(to, user);
}
