import { createHash } from 'node:crypto';

/** The MD5 of parts that arrive in any order: each waits for its turn, while it is in memory anyway. */
export class OrderedHash {
  readonly #hash = createHash('md5');
  #last: Promise<void> = Promise.resolve();

  /** Asked for in the parts' order. Who gives up its turn must say so, or the others wait for ever. */
  turn(): { take(body: Buffer): Promise<void>; give(error: unknown): void } {
    const before = this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Looked at by the next one, if there is one.
    promise.catch(() => {});
    this.#last = promise;
    return {
      take: async (body) => {
        try {
          await before;
          this.#hash.update(body);
          resolve();
        } catch (error) {
          reject(error);
          throw error;
        }
      },
      give: reject,
    };
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}
