import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for about that long: many runs that began together don't ask together. Ends at once when the signal says so; whoever waits looks at the signal then. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const jittered = ms * (0.8 + 0.4 * Math.random());
  await sleep(jittered, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}
