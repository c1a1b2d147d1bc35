import type { Comparison } from '../../core/schema-difference.ts';
import type { ObjectSet } from './schema-object.ts';

/** A comparison with the objects of both sides as pg_dump writes them: what advice is made from. Absent where no text was taken apart. */
export interface ComparedSchemas extends Comparison {
  readonly objects?: { readonly left: ObjectSet; readonly right: ObjectSet };
}
