import type { ListedObject } from '../../core/object-store.ts';
import { compareKeys } from './key-order.ts';

/** The same place on both sides; at least one has an object there. */
export interface ObjectPair {
  /** Without its prefix. */
  readonly key: string;
  readonly source?: ListedObject;
  readonly target?: ListedObject;
}

type Pages = AsyncIterable<readonly ListedObject[]>;

/**
 * Walks two listings at once, so that no more than a page of each is in memory.
 *
 * Throws where a listing isn't in order: what is missing couldn't be told then.
 */
export async function* mergeListings(source: Pages, sourcePrefix: string, target: Pages, targetPrefix: string): AsyncGenerator<ObjectPair> {
  const ours = inOrder(source, sourcePrefix);
  const theirs = inOrder(target, targetPrefix);
  try {
    let [a, b] = await Promise.all([ours.next(), theirs.next()]);
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : compareKeys(a.value.key, b.value.key);
      if (order === 0 && !a.done && !b.done) {
        yield { key: a.value.key, source: a.value.object, target: b.value.object };
        [a, b] = await Promise.all([ours.next(), theirs.next()]);
      } else if (order < 0 && !a.done) {
        yield { key: a.value.key, source: a.value.object };
        a = await ours.next();
      } else if (!b.done) {
        yield { key: b.value.key, target: b.value.object };
        b = await theirs.next();
      }
    }
  } finally {
    await Promise.all([ours.return(undefined), theirs.return(undefined)]);
  }
}

async function* inOrder(pages: Pages, prefix: string): AsyncGenerator<{ readonly key: string; readonly object: ListedObject }, undefined> {
  let last: string | undefined;
  for await (const page of pages)
    for (const object of page) {
      if (!object.key.startsWith(prefix)) throw new Error(`a listing of ${JSON.stringify(prefix)} has the key ${JSON.stringify(object.key)}`);
      if (last !== undefined && compareKeys(last, object.key) >= 0)
        throw new Error(`a listing isn’t in order: ${JSON.stringify(object.key)} comes after ${JSON.stringify(last)}`);
      last = object.key;
      yield { key: object.key.slice(prefix.length), object };
    }
  return undefined;
}
