import type { Comparison } from '../../core/schema-difference.ts';
import type { ObjectSet } from './schema-object.ts';

/** A comparison with what advice is made from. */
export interface ComparedSchemas extends Comparison {
  /** Every object of both sides as pg_dump writes it, also those that don't differ. Read on demand: it takes all of both texts apart. */
  readonly objects?: () => { readonly left: ObjectSet; readonly right: ObjectSet };
}
