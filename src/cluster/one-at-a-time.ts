import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../core/ports.ts';
import { ownerHere } from './resumable-load.ts';

const pauseMs = 5;
/** Stands between a lock's name and the mark of the dead holder who was followed. */
const infix = '.after-';

/**
 * Does something while no other process, and nothing else in this one, does it on the same state folder; waits for its turn. A holder that was killed is in nobody's way: exactly one
 * of those who wait follows it, by a link named after the dead one's mark, which nobody had before and nobody will have again. (To remove a dead holder's lock and make one's own
 * would let two in: the second removes what the first has just made.)
 *
 * @param name of the lock, a file name
 * @param use is told the paths that stand for the lock meanwhile
 */
export async function oneAtATime<T>(context: Context, name: string, use: (links: readonly string[]) => Promise<T>): Promise<T> {
  const { pid, processStartedAt } = await ownerHere(context);
  const own = [crypto.randomUUID(), pid, processStartedAt].join(' ');
  const attempt = () => claim(context, join(context.home.state, name), own);
  let links = await attempt();
  while (links === undefined) {
    await sleep(pauseMs);
    links = await attempt();
  }
  try {
    return await use(links);
  } finally {
    // The first one first: who finds it gone knows that the others mean nothing any more.
    for (const link of links) await rm(link, { force: true });
  }
}

/** Removes what processes left that were killed while they held a lock. */
export async function sweepLock(context: Context, name: string): Promise<void> {
  const left = async () => {
    const names = (await readdir(context.home.state).catch(() => [])).filter((each) => each === name || each.startsWith(`${name}${infix}`));
    return names.map((each) => join(context.home.state, each));
  };
  if ((await left()).length === 0) return;
  await oneAtATime(context, name, async (links) => {
    for (const link of await left()) if (!links.includes(link)) await rm(link, { force: true });
  });
}

/** @returns the links that now stand for the lock, the first one first; undefined where somebody else has it */
async function claim(context: Context, lock: string, own: string): Promise<readonly string[] | undefined> {
  const links: string[] = [];
  let first: string | undefined;
  for (let link = lock; ; ) {
    links.push(link);
    if (await made(own, link)) {
      // The last holder may have let go while we read; then what follows it is no lock.
      if (first === undefined || (await holderIn(lock)) === first) return links;
      await rm(link, { force: true });
      return undefined;
    }
    const holder = await holderIn(link);
    if (holder === undefined || (await isAlive(context, holder))) return undefined;
    first ??= holder;
    link = `${lock}${infix}${holder.split(' ')[0]}`;
  }
}

async function made(own: string, link: string): Promise<boolean> {
  try {
    await symlink(own, link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function holderIn(link: string): Promise<string | undefined> {
  return await readlink(link).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

async function isAlive({ edge }: Context, holder: string): Promise<boolean> {
  const [, pid, ...startedAt] = holder.split(' ');
  return (await edge.system.processStartedAt(Number(pid))) === startedAt.join(' ');
}
