import type { SchemaDifference } from '../../core/schema-difference.ts';
import { objectKey } from './schema-object.ts';

/**
 * Tells what this release made from what was there before. A difference that stood in the same way before migrating is old drift; one in the same place
 * that looked otherwise is said to have been there.
 *
 * @param before production compared with what the repo says that it should be, before migrating
 */
export function markOldDrift(differences: readonly SchemaDifference[], before: readonly SchemaDifference[]): readonly SchemaDifference[] {
  const known = new Map(before.map((difference) => [placeOf(difference), difference]));
  return differences.map((difference) => {
    const then = known.get(placeOf(difference));
    if (then === undefined || difference.class === 'deparse-only') return difference;
    const unchanged = difference.how !== 'changed' || (then.left === difference.left && then.right === difference.right);
    const said = unchanged ? 'it was there before this release' : 'it already differed before this release, in another way';
    const explanation = difference.explanation === undefined ? said : `${difference.explanation}; ${said}`;
    return unchanged ? { ...difference, explanation, oldDrift: true } : { ...difference, explanation };
  });
}

function placeOf({ object, property, how }: SchemaDifference): string {
  return `${how} ${objectKey(object)}: ${property ?? ''}`;
}
