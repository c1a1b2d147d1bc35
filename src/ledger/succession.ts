import { createHash } from 'node:crypto';
import { readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';

type Owner = Resource['owner'];

/** Stands between a line's id and the name of the owner who was followed. */
const infix = '.after-';

/** A process of this machine by its number, and by all that tells it from others that had or will have that number. Short: see `succeed`. */
interface Heir {
  readonly pid: number;
  readonly mark: string;
}

/**
 * Makes a process the owner of a line whose owner is gone. Each owner is followed by one process only, whoever else asks at the same instant: a link that can be made once, named
 * by the one who is followed, tells who that is. If that one dies before the line says so, it is itself followed in the same way. A link whose text is shorter than 60 bytes takes
 * no block, so that what costs money can be taken over and removed on a full disk.
 *
 * @returns whether this process owns it now
 */
export async function succeed(folder: string, { id, owner, kept }: Resource, self: Owner, system: SystemPort): Promise<boolean> {
  const isAlive = async ({ pid, mark }: Heir) => {
    const processStartedAt = await system.processStartedAt(pid);
    return processStartedAt !== undefined && mark === heir({ pid, processStartedAt, host: system.host }).mark;
  };
  const me = heir(self);
  // What is kept belongs to nobody at work, although its maker may still run.
  let isFree = kept;
  for (let last = heir(owner); ; isFree = false) {
    if (last.mark === me.mark) return true;
    if (!isFree && (await isAlive(last))) return false;
    const claim = join(folder, `${id}${infix}${last.mark}`);
    try {
      await symlink(`${me.pid} ${me.mark}`, claim);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, mark] = (await readlink(claim).catch(() => '')).split(' ');
    // The line was forgotten meanwhile.
    if (mark === undefined) return false;
    last = { pid: Number(pid), mark };
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

function heir({ pid, processStartedAt, host }: Owner): Heir {
  const whole = createHash('sha256').update(JSON.stringify([pid, processStartedAt, host]));
  return { pid, mark: whole.digest('hex').slice(0, 32) };
}
