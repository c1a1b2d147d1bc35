import { setTimeout as sleep } from 'node:timers/promises';

/** How long a test waits for what has to come: a machine that is busy with other tests is no failure. */
const patienceMs = 120_000;

/** Looks again and again until something is so. @param what ends the sentence `waited in vain until …`. */
export async function untilTrue(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  for (let pauseMs = 5; !(await isSo()); pauseMs = Math.min(2 * pauseMs, 50)) {
    if (performance.now() - startedAt > patienceMs) throw new Error(`waited in vain until ${what}`);
    await sleep(pauseMs);
  }
}
