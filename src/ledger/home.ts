import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, realpath, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Home, SystemPort } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { whileMissing } from './while-missing.ts';

/** Leaves room for `/.s.PGSQL.65535` and a folder's name in the 104 bytes that the strictest system gives a socket's path. */
const longestSocketFolder = 60;
const enterAttempts = 8;

/**
 * Finds, or makes, the folders that pgrehearse uses on this machine. PGREHEARSE_HOME moves all of them.
 * The folder for sockets is only named: whoever needs it makes it.
 * Fails with `home-unsafe` when somebody else could change what is in them, or when the user that runs the servers can't enter.
 */
export async function findHome(system: SystemPort): Promise<Result<Home>> {
  const chosen = system.environment('PGREHEARSE_HOME');
  const unprivileged = await system.unprivilegedUser();
  if (!unprivileged.ok) return unprivileged;
  // As root, servers run as another user, who has to pass through; nobody else needs to look in.
  const dataMode = unprivileged.value === undefined ? 0o700 : 0o711;

  let data = `/var/tmp/pgrehearse-${system.uid}`;
  let state: string;
  if (chosen !== undefined) {
    const root = await ownFolder(system, resolve(chosen), undefined);
    if (!root.ok) return root;
    data = join(root.value, 'data');
    state = join(root.value, 'state');
  } else {
    const home = system.environment('HOME');
    const base = system.environment('XDG_STATE_HOME') ?? (home === undefined ? undefined : join(home, '.local/state'));
    if (base === undefined) return fail(unsafe('neither HOME nor XDG_STATE_HOME is set, so there is no place for the ledger', 'HOME'));
    state = join(base, 'pgrehearse');
  }

  const dataFolder = await ownFolder(system, data, dataMode);
  if (!dataFolder.ok) return dataFolder;
  const stateFolder = await ownFolder(system, state, 0o700);
  if (!stateFolder.ok) return stateFolder;

  if (unprivileged.value !== undefined) {
    const { name } = unprivileged.value;
    // A run that ends may take the folder away just then, and another one may be about to make it: that is no lasting no.
    for (let attempt = 1; !(await canEnter(system, dataFolder.value, unprivileged.value)); attempt++) {
      if (attempt === enterAttempts)
        return fail(unsafe(`the user ${name}, who runs the servers because root may not, cannot enter ${dataFolder.value}`, dataFolder.value));
      const again = await ownFolder(system, data, dataMode);
      if (!again.ok) return again;
    }
  }
  const near = join(dataFolder.value, 'sockets');
  const sockets = near.length <= longestSocketFolder ? near : `/tmp/pgrehearse-${system.uid}`;
  return ok({ data: dataFolder.value, state: stateFolder.value, sockets });
}

async function canEnter(system: SystemPort, folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): Promise<boolean> {
  const tried = await system.run({ command: '/bin/sh', args: ['-c', 'test -x "$1"', 'sh', folder], uid, gid, cwd: '/' });
  return tried.ok && tried.value.exitCode === 0;
}

/** Takes the folders away again where they are empty, so that a machine on which nothing is kept looks as before. Safe beside other runs. */
export async function leaveHome(home: Home): Promise<void> {
  for (const folder of [home.sockets, home.data, join(home.state, 'ledger'), home.state]) {
    // Not empty, gone already, or a parent that isn't ours: all fine.
    await rmdir(folder).catch(() => {});
  }
}

/** Makes the folder unless it is there, proves that it is ours alone to change, and gives its real path. */
async function ownFolder(system: SystemPort, folder: string, mode: number | undefined): Promise<Result<string>> {
  try {
    return await whileMissing(() => makeOwn(system, folder, mode));
  } catch (error) {
    return fail(unsafe(`${folder} cannot be used: ${reasonOf(error)}`, dirname(folder)));
  }
}

async function makeOwn(system: SystemPort, folder: string, mode: number | undefined): Promise<Result<string>> {
  await makeFolders(folder, mode ?? 0o755);
  const found = await lstat(folder);
  if (found.isSymbolicLink() && mode !== undefined) return fail(unsafe(`${folder} is a symbolic link`, folder));
  // The folder that a person names may be a link to a larger disk; what it points to is what counts.
  const real = await realpath(folder);
  const target = await lstat(real);
  if (!target.isDirectory()) return fail(unsafe(`${folder} is not a folder`, folder));
  if (target.uid !== system.uid) return fail(unsafe(`${folder} belongs to uid ${target.uid}, not to ${system.user}`, folder));
  if ((target.mode & 0o022) !== 0) return fail(unsafe(`${folder} can be written by other users`, folder));
  // A umask may have taken bits away that the servers' user needs.
  if (mode !== undefined && (target.mode & 0o777) !== mode) await chmod(real, mode);
  return ok(real);
}

/** As a recursive mkdir, which in Node never ends below a folder such as /proc, where nothing can be made, and calls a read-only one missing. */
async function makeFolders(folder: string, mode: number): Promise<void> {
  const code = await mkdir(folder, { mode }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || (code === 'ENOENT' && !existsSync(dirname(folder)))) return code;
    throw error;
  });
  if (code !== 'ENOENT') return;
  await makeFolders(dirname(folder), mode);
  await mkdir(folder, { mode }).catch((error: unknown) => {
    // Another run was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only',
  EACCES: 'its parent can’t be written by this user',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'there is no room',
};

function reasonOf(error: unknown): string {
  return reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

function unsafe(message: string, object: string) {
  return failure('home-unsafe', message, { object });
}
