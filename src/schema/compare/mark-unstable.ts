import type { SchemaDifference } from '../../core/schema-difference.ts';
import { isDeparsed } from './classify.ts';
import { objectKey } from './schema-object.ts';

/** Whether another build of the same schema could differ in this too: in a text that may hold a time, or in a name that may be made of one. */
export function maybeUnstable(difference: SchemaDifference): boolean {
  if (difference.class === 'deparse-only' || difference.class === 'unstable') return false;
  const { how, property = '', object } = difference;
  // Whether an object is there can only depend on the time where its name may be made of it.
  if (how !== 'changed') return hasNumberedName(difference);
  return /^(name|comment)$/.test(property) || isDeparsed(object.kind, property, new Map());
}

/** Whether this is about an object that might have another name tomorrow. */
export function hasNumberedName({ how, property, object, left }: SchemaDifference): boolean {
  return (how !== 'changed' || property === 'name') && /\d/.test(`${object.name} ${property === 'name' ? (left ?? '') : ''}`);
}

/**
 * Gives the class *unstable* to what differs between two builds of the same baseline as well: no release can make that equal.
 *
 * @param builds what differs between builds of the baseline
 * @param how these builds differ, as a clause: `a second build of the baseline differs in it too`
 */
export function markUnstable(differences: readonly SchemaDifference[], builds: readonly SchemaDifference[], how: string): readonly SchemaDifference[] {
  const properties = new Set(builds.filter((one) => one.how === 'changed').map((one) => `${objectKey(one.object)}: ${one.property}`));
  const shapes = new Set(builds.filter((one) => one.how !== 'changed' || one.property === 'name').flatMap(shapesOf));
  return differences.map((difference) => {
    if (!maybeUnstable(difference)) return difference;
    const changed = difference.how === 'changed' && properties.has(`${objectKey(difference.object)}: ${difference.property}`);
    const named = (difference.how !== 'changed' || difference.property === 'name') && shapesOf(difference).some((shape) => shapes.has(shape));
    return changed || named ? { ...difference, class: 'unstable' as const, explanation: how } : difference;
  });
}

/** A name without what may be a date, a time or a counter: `partition public.events_#_#`. Names without numbers have no shape of their own. */
function shapesOf({ object, property, left }: SchemaDifference): readonly string[] {
  return [object.name, ...(property === 'name' && left !== undefined ? [left] : [])]
    .filter((name) => /\d/.test(name))
    .map((name) => `${object.kind} ${name.replace(/\d+/g, '#')}`);
}
