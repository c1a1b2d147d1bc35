import { createHash } from 'node:crypto';
import { readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';

type Owner = Resource['owner'];

/** Stands between a line's id and the name of the owner who was followed. */
const infix = '.after-';

/**
 * Makes a process the owner of a line whose owner is gone. Each owner is followed by one process only, whoever else asks at the same instant: a link that can be made once, named
 * by the one who is followed, tells who that is. If that one dies before the line says so, it is itself followed in the same way. A link needs no room, so that what costs money
 * can be taken over and removed on a full disk.
 *
 * @returns whether this process owns it now
 */
export async function succeed(folder: string, { id, owner, kept }: Resource, self: Owner, system: SystemPort): Promise<boolean> {
  let last = owner;
  for (;;) {
    if (isSame(last, self)) return true;
    // What is kept belongs to nobody at work, although its maker may still run.
    const isFree = kept && last === owner;
    if (!isFree && last.host === system.host && (await system.processStartedAt(last.pid)) === last.processStartedAt) return false;
    const claim = join(folder, `${id}${infix}${nameOf(last)}`);
    try {
      await symlink(JSON.stringify(self), claim);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const next = await readlink(claim).catch(() => undefined);
    // The line was forgotten meanwhile.
    if (next === undefined) return false;
    last = JSON.parse(next) as Owner;
  }
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

function isSame(one: Owner, other: Owner): boolean {
  return one.pid === other.pid && one.processStartedAt === other.processStartedAt && one.host === other.host;
}

function nameOf({ pid, processStartedAt, host }: Owner): string {
  return createHash('sha256')
    .update(JSON.stringify([pid, processStartedAt, host]))
    .digest('hex')
    .slice(0, 16);
}
