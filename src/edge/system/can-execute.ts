import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { run } from './run.ts';

/**
 * Whether a user could execute a file: every folder on the way must let him through. As root the question is put to the kernel, by a child
 * under that user's id, since only it knows of access lists and read-only mounts.
 */
export async function canExecute(file: string, uid: number, gid: number): Promise<boolean> {
  const own = process.getuid?.();
  if (own === uid) {
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    return (
      isFile &&
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    );
  }
  if (own === 0) {
    const tried = await run({ command: '/bin/sh', args: ['-c', 'test -x "$1" && test -f "$1"', 'sh', resolve(file)], uid, gid, cwd: '/' });
    return tried.ok && tried.value.exitCode === 0;
  }
  return byModeBits(resolve(file), uid, gid);
}

async function byModeBits(file: string, uid: number, gid: number): Promise<boolean> {
  for (let place = file; ; place = dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    if (found === undefined || (place === file && !found.isFile())) return false;
    const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
    if ((found.mode & bit) === 0) return false;
    if (dirname(place) === place) return true;
  }
}
