/**
 * Does something for each item, so many at a time, taking an item only when there is room. The first error stops it, and is thrown when what runs has ended.
 *
 * @param width how many at most; asked before each
 */
export async function inParallel<T>(items: AsyncIterable<T>, width: () => number, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  let broken: { readonly error: unknown } | undefined;
  try {
    for await (const item of items) {
      while (running.size >= Math.max(1, width()) && broken === undefined) await Promise.race(running);
      if (broken !== undefined) break;
      const one: Promise<void> = work(item)
        .catch((error: unknown) => {
          broken ??= { error };
        })
        .finally(() => running.delete(one));
      running.add(one);
    }
  } finally {
    // Also where the items themselves break off: nothing runs on behind the caller's back.
    await Promise.all(running);
  }
  if (broken !== undefined) throw broken.error;
}
