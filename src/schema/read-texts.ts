import { excludeObjects } from './compare/exclude-objects.ts';
import { restrictObjects } from './compare/restrict-objects.ts';
import { ObjectSet } from './compare/schema-object.ts';
import type { ReadOptions } from './read-catalogs.ts';
import type { DumpedSides } from './read-side.ts';
import { readObjects } from './text/read/read-objects.ts';

export interface TextReading {
  readonly left: ObjectSet;
  readonly right: ObjectSet;
  /** False: only what differs between the texts was taken apart, with all that speaks of the same objects. */
  readonly whole: boolean;
}

/** Takes both texts apart; where only differences are wanted, as little of them as holds those. */
export function readTexts(dumped: DumpedSides, options: Pick<ReadOptions, 'exclude' | 'include'>, wanted: 'all' | 'differing'): TextReading {
  const part = wanted === 'all' ? undefined : dumped.cut.differing;
  const read = (text: string) => {
    const objects = text === '' ? new ObjectSet() : readObjects(text);
    excludeObjects(objects, options.exclude);
    restrictObjects(objects, options.include);
    return objects;
  };
  return { left: read((part ?? dumped).left), right: read((part ?? dumped).right), whole: part === undefined };
}
