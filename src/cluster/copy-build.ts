import { constants, type Dirent } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hydrateLinks } from './hydrate-links.ts';
import type { ServerUser } from './server-user.ts';

/** As many files at once as Node's thread pool has threads. */
const lanes = 4;
/** Found by its path alone; a library is looked for by names that have to be added beside it. */
const isShared = /^share(\/|$)/;
/** For those who compile extensions: a running server reads none of it. */
const forCompilers = /(^|\/)(pgxs|pkgconfig|include)(\/|$)|\.a$/;

/**
 * Copies an embedded package's server to `to`, with the links that it needs, so that everybody can read and start it and nobody can write it.
 * Little is really copied: as root, files that allow it become hard links. Anybody else's servers run as that user, who can read the package
 * but not add links to it: there all but the programs, which look for the rest beside themselves, become symbolic links.
 * Removing the copy leaves the package as it is.
 * Throws what the file system throws, or the signal's reason.
 */
export async function copyBuild(packageFolder: string, to: string, user: ServerUser, signal: AbortSignal): Promise<void> {
  const from = join(packageFolder, 'native');
  const path = (entry: Dirent) => join(entry.parentPath, entry.name).slice(from.length + 1);
  const all = await readdir(from, { recursive: true, withFileTypes: true });
  const isOurs = user.uid === undefined;
  const entries = all.filter((entry) => !forCompilers.test(path(entry)) && !(isOurs && isShared.test(path(entry))));
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(to, 'native', path(entry)));
  // Parents come before what is in them. The umask may not have a say in who gets in.
  for (const folder of [to, join(to, 'native'), ...folders.toSorted()]) {
    await mkdir(folder);
    await chmod(folder, 0o755);
  }
  if (isOurs) await symlink(join(from, 'share'), join(to, 'native/share'));
  const queue = entries.filter((entry) => entry.isFile()).map(path);
  const work = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      signal.throwIfAborted();
      if (isOurs && !file.startsWith('bin/')) await symlink(join(from, file), join(to, 'native', file));
      else await bring(join(from, file), join(to, 'native', file), user);
    }
  };
  // All lanes have to end before anybody may remove what they write.
  const failed = (await Promise.allSettled(Array.from({ length: lanes }, work))).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  // Those that the package has lead to its own files, which the servers' user may not reach.
  await hydrateLinks(to);
}

async function bring(from: string, to: string, user: ServerUser): Promise<void> {
  const { mode, uid } = await lstat(from);
  const isProgram = (mode & 0o100) !== 0;
  // A link shares owner and mode with the original, so both must be right as they are: readable by all, and not to be changed by a server.
  const wanted = isProgram ? 0o555 : 0o444;
  if (user.uid !== undefined && uid !== user.uid && (mode & wanted) === wanted && (mode & 0o6022) === 0) {
    // Not on another file system, and not where the kernel or the file system forbids it: then a copy does as well.
    const linked = await link(from, to).then(
      () => true,
      () => false,
    );
    if (linked) return;
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, wanted);
}
