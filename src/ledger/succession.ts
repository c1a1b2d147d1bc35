import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { follow, holdOf, infix, isAlive } from './hold.ts';

/**
 * Makes a process the owner of a line whose owner is gone. Each owner is followed by one process only, whoever else asks at the same instant. Nobody lets go of a line: the links
 * stay until it is forgotten.
 *
 * @returns whether this process owns it now
 */
export async function succeed(folder: string, { id, owner, kept }: Resource, self: Resource['owner'], system: SystemPort): Promise<boolean> {
  const [last, own] = [holdOf(owner), holdOf(self)];
  if (last.mark === own.mark) return true;
  // What is kept belongs to nobody at work, although its maker may still run.
  if (!kept && (await isAlive(last, system))) return false;
  return (await follow(join(folder, id), own, system, last)) !== undefined;
}

/** For a line that is gone: who followed whom is of no more use. */
export async function removeClaims(folder: string, names: readonly string[], isGone: (id: string) => boolean): Promise<void> {
  for (const name of names) {
    const [id, follower] = name.split(infix);
    if (id !== undefined && follower !== undefined && isGone(id)) await unlink(join(folder, name)).catch(() => {});
  }
}

/** The names in the ledger's folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
}
