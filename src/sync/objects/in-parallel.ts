/**
 * Does something for each item, so many at a time, taking an item only when there is room. The first error stops it, and is thrown when what runs has ended.
 *
 * @param items a generator: it is asked for the next item before it has given the last one
 * @param width how many at most
 */
export async function inParallel<T>(items: AsyncGenerator<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  let broken: { readonly error: unknown } | undefined;
  const worker = async () => {
    try {
      while (broken === undefined) {
        const next = await items.next();
        if (next.done === true || broken !== undefined) return;
        await work(next.value);
      }
    } catch (error) {
      broken ??= { error };
    }
  };
  // All of them, also where the items themselves break off: nothing runs on behind the caller's back.
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
  await items.return(undefined);
  if (broken !== undefined) throw broken.error;
}
