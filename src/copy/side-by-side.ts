import type { Context } from '../core/ports.ts';
import { settled } from './restore/settled.ts';

/**
 * Does some work with several workers, which share out among themselves what there is. The first error stops all, and is the one that is
 * thrown, once nothing runs on any more; so is an interrupt.
 *
 * @param work is given a context whose signal also ends when another worker has failed, and the signal of just that.
 */
export async function sideBySide(context: Context, workers: number, work: (stoppable: Context, stop: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const stoppable = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const begun = Array.from({ length: Math.max(1, workers) }, async () => {
    try {
      await work(stoppable, stop.signal);
    } catch (error) {
      // Only the first error tells what happened: the others are those of being stopped.
      if (stop.signal.aborted) return;
      stop.abort();
      throw error;
    }
  });
  await settled(begun);
  context.signal.throwIfAborted();
}
