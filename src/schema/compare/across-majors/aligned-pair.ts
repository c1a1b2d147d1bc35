import type { ObjectSet, SchemaObject } from '../schema-object.ts';

/** What one engine read of one side, and the major of the server that it was read from. */
export interface MajorSide {
  readonly objects: ObjectSet;
  readonly major: number;
}

/** An object of two majors, and all around it. */
export interface AlignedPair {
  /** Without a property where the older side says nothing of a column that only follows from others. */
  readonly older: SchemaObject;
  readonly newer: SchemaObject;
  readonly olderSide: MajorSide;
  readonly newerSide: MajorSide;
}

/** The properties in which the newer side means what the older does, each as the older one says it: undefined where that says nothing. */
export type Alignment = (pair: AlignedPair) => Readonly<Record<string, string | undefined>>;
