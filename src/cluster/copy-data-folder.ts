import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { handOver, type ServerUser } from './server-user.ts';

/** As many files at once as Node's thread pool has threads. */
const lanes = 4;

/**
 * Copies a stopped server's data folder, for another server to run on. The file system shares the blocks where it can (btrfs, XFS, APFS);
 * elsewhere the kernel copies them. The copy is handed to `user` when it is whole. Throws what the file system throws, or the signal's reason.
 */
export async function copyDataFolder(from: string, to: string, user: ServerUser, signal: AbortSignal): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const path = (entry: { parentPath: string; name: string }) => join(entry.parentPath, entry.name).slice(from.length + 1);
  await mkdir(to, { mode: 0o700 });
  const folders = entries.filter((entry) => entry.isDirectory()).map(path);
  // Parents come before what is in them.
  for (const folder of folders.toSorted()) {
    await mkdir(join(to, folder), { mode: 0o700 });
    await handOver(join(to, folder), user);
  }
  const files = entries.filter((entry) => !entry.isDirectory());
  // A link could lead out of the folder, and the copy is handed to another user. Tablespaces are such links; we make none.
  const odd = files.find((entry) => !entry.isFile());
  if (odd !== undefined) throw new Error(`${path(odd)} in ${from} is not a plain file`);

  const queue = files.map(path).filter((file) => !isLeftover(file));
  const work = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      signal.throwIfAborted();
      await copyFile(join(from, file), join(to, file), constants.COPYFILE_FICLONE);
      await handOver(join(to, file), user);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  await chmod(to, 0o700);
  await handOver(to, user);
}

/** Says something of the server that ran before, nothing of the data. */
function isLeftover(file: string): boolean {
  return file === 'postmaster.pid' || file === 'postmaster.opts';
}
