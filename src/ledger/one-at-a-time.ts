import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { follow, type Hold, holdIn, holdOf, infix } from './hold.ts';
import { namesIn } from './succession.ts';

const pauseMs = 5;

/** Locks that are links in a folder. Unlike a ledger's line, a lock is let go: then nothing of it stays, whoever died at it before. */
export function locksIn(folder: string, self: Resource['owner'], system: SystemPort): Pick<Ledger, 'oneAtATime' | 'sweepLock'> {
  const whileHeld = async <T>(name: string, use: (links: readonly string[]) => Promise<T>) => {
    const links = await untilOurs(join(folder, name), holdOf(self, randomBytes(6).toString('hex')), system);
    try {
      return await use(links);
    } finally {
      // The first one first: who finds it gone knows that the others mean nothing any more.
      for (const link of links) await rm(link, { force: true });
    }
  };
  return {
    oneAtATime: (name, use) => whileHeld(name, use),
    async sweepLock(name) {
      const left = async () => (await namesIn(folder)).filter((each) => each === name || each.startsWith(`${name}${infix}`)).map((each) => join(folder, each));
      if ((await left()).length === 0) return;
      await whileHeld(name, async (links) => {
        for (const link of await left()) if (!links.includes(link)) await rm(link, { force: true });
      });
    },
  };
}

async function untilOurs(lock: string, own: Hold, system: SystemPort): Promise<readonly string[]> {
  for (;;) {
    const links = await attempt(lock, own, system);
    if (links !== undefined) return links;
    await sleep(pauseMs);
  }
}

/** @returns the links that now stand for the lock, the first one first; undefined where somebody else has it */
async function attempt(lock: string, own: Hold, system: SystemPort): Promise<readonly string[] | undefined> {
  const held = await follow(lock, own, system);
  if (held === undefined) return undefined;
  const links = held.map(({ link }) => link);
  // The last holder may have let go while we read; then what follows it is no lock.
  if ((await holdIn(lock))?.mark === held[0]?.hold.mark) return links;
  await rm(links.at(-1) ?? lock, { force: true });
  return undefined;
}
