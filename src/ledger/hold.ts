import { createHash } from 'node:crypto';
import { readlink, symlink } from 'node:fs/promises';
import type { SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';

/** Stands between a name and the mark of the holder who was followed. */
export const infix = '.after-';

/** What a process has in hand: its number, and a mark that no other hold had or will have, made of all that tells the process from others, and of the salt. */
export interface Hold {
  readonly pid: number;
  readonly mark: string;
  /** Tells the holds of one process apart; empty where it counts as one. */
  readonly salt: string;
}

/** A link, and whose it is. */
export interface Held {
  readonly link: string;
  readonly hold: Hold;
}

export function holdOf({ pid, processStartedAt, host }: Resource['owner'], salt = ''): Hold {
  const whole = createHash('sha256').update(JSON.stringify([pid, processStartedAt, host, ...(salt === '' ? [] : [salt])]));
  return { pid, mark: whole.digest('hex').slice(0, 32), salt };
}

/** Whether its process still runs. */
export async function isAlive({ pid, mark, salt }: Hold, system: SystemPort): Promise<boolean> {
  const processStartedAt = await system.processStartedAt(pid);
  return processStartedAt !== undefined && mark === holdOf({ pid, processStartedAt, host: system.host }, salt).mark;
}

/**
 * Gets hold of what has a name. A holder who is dead is in nobody's way: exactly one of those who ask follows it, by a link named after the dead one's mark, which can be made once;
 * if that one dies it is followed in the same way. (To remove a dead holder's link and make one's own would let two in: the second removes what the first has just made.) A link
 * whose text is shorter than 60 bytes takes no block, so that this works on a full disk.
 *
 * @param path where the links are, up to the name
 * @param last the holder to follow, where that isn't told by a link of this name
 * @returns the links from the first to ours; undefined: somebody who is alive has it, or it was let go meanwhile
 */
export async function follow(path: string, self: Hold, system: SystemPort, last?: Hold): Promise<readonly Held[] | undefined> {
  const passed: Held[] = [];
  for (let link = last === undefined ? path : `${path}${infix}${last.mark}`; ; ) {
    const hold = (await made(link, self)) ? self : await holdIn(link);
    if (hold === undefined) return undefined;
    passed.push({ link, hold });
    if (hold.mark === self.mark) return passed;
    if (await isAlive(hold, system)) return undefined;
    link = `${path}${infix}${hold.mark}`;
  }
}

/** Whose a link is; undefined where there is none. */
export async function holdIn(link: string): Promise<Hold | undefined> {
  const text = await readlink(link).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  if (text === undefined) return undefined;
  const [pid = '', mark = '', salt = ''] = text.split(' ');
  return { pid: Number(pid), mark, salt };
}

async function made(link: string, { pid, mark, salt }: Hold): Promise<boolean> {
  try {
    await symlink(`${pid} ${mark} ${salt}`.trimEnd(), link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
