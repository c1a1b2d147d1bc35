import { setTimeout as delay } from 'node:timers/promises';

/** Far more than other runs that end within the same few milliseconds. */
const attempts = 50;

/**
 * Does something again as long as it meets a missing file or folder: a run that ends takes the folders of our home away wherever they are
 * empty, also while another run is making them. Throws any other error at once, and that one in the end.
 */
export async function whileMissing<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      // ENOTDIR is what a recursive mkdir says when a parent goes at the wrong moment.
      const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isMissing || attempt === attempts) throw error;
      await delay(Math.random() * 3);
    }
  }
}
