import { differenceClasses, type SchemaDifference } from '../../core/schema-difference.ts';
import type { Majors } from '../text/comparable-tokens.ts';
import { whyNotInDump } from '../text/not-in-dump.ts';
import { unexplained } from '../text/unexplained.ts';
import { compareText, type ObjectSet, objectKey } from './schema-object.ts';
import { extensionOf } from './tables-of-extensions.ts';

interface Sides {
  readonly left: ObjectSet;
  readonly right: ObjectSet;
}

/**
 * Joins what the two engines found. The catalogs name the differences. What pg_dump's text shows besides must be explained by one of them, in the same
 * property, or in the same object, its table or a part of it where the catalogs don't know the property; else it is an unexplained difference.
 * What only the catalogs show, and the text should, is said so.
 *
 * @param majors of the servers that the texts are from
 */
export function reconcile(
  found: { readonly catalog: readonly SchemaDifference[]; readonly text: readonly SchemaDifference[] },
  sides: { readonly catalog: Sides; readonly text: Sides },
  majors?: Majors,
): readonly SchemaDifference[] {
  const known = new Places(found.catalog, sides);
  const shown = new Places(found.text, sides);
  const extra = found.text
    .filter((difference) => difference.class !== 'deparse-only' && !isExplained(difference, known, sides.catalog))
    .map((difference) => ({ ...difference, class: 'unexplained' as const, explanation: `pg_dump shows it (as ${difference.class}), and the catalogs don’t` }));
  const covered = (group: string) => known.groups.has(group) || shown.groups.has(group);
  const overlooked = unexplained(sides.text.left, sides.text.right, majors).filter(({ object }) => !covered(groupOf(object, sides.text)));
  const told = found.catalog.map((difference) => {
    if (difference.class === 'deparse-only' || shown.relates(difference.object) || whyNotInDump(difference) !== undefined) return difference;
    // Of an extension's tables a dump shows rights alone, whatever was added to them.
    if (extensionOf(difference.object, [sides.catalog.left, sides.catalog.right]) !== undefined) return difference;
    return { ...difference, explanation: [difference.explanation, 'only the catalogs show it, and pg_dump’s text should too'].filter(Boolean).join('; ') };
  });
  const gravity = ({ class: kind }: SchemaDifference) => differenceClasses.indexOf(kind);
  return [...told, ...extra, ...overlooked].sort((a, b) => gravity(a) - gravity(b) || compareText(textOf(a), textOf(b)));
}

function textOf({ object, property }: SchemaDifference): string {
  return `${object.name} ${object.kind} ${property ?? ''}`;
}

function isExplained({ object, property, ...values }: SchemaDifference, known: Places, { left, right }: Sides): boolean {
  if (known.properties.has(`${objectKey(object)}: ${property ?? ''}`)) return true;
  // What is there on one side only has its properties there only.
  const only = known.oneSided.get(objectKey(object));
  if ((only === 'only-left' && values.right === undefined) || (only === 'only-right' && values.left === undefined)) return true;
  // A child table's statement lists a column with its properties only where it isn't inherited.
  const listed = values.left === undefined || values.right === undefined;
  if (listed && known.properties.has(`${objectKey(object)}: inherited`)) return true;
  // It says NOT NULL only where that isn't inherited.
  if (property === 'not null' && known.properties.has(`${objectKey(object)}: not null inherited`)) return true;
  // The catalogs know this property, and find it the same on both sides: one of the engines is wrong.
  const knows = property !== undefined && [left, right].some((side) => side.get(object.kind, object.name)?.properties.has(property));
  return !knows && known.relates(object);
}

/** An object's table, where it is a part of one, or the object itself. */
function groupOf(object: { readonly kind: string; readonly name: string }, { left, right }: Sides): string {
  return (left.get(object.kind, object.name) ?? right.get(object.kind, object.name))?.parent ?? object.name;
}

/** Where differences are. */
class Places {
  readonly properties = new Set<string>();
  /** Tables, and objects that are no part of one. */
  readonly groups = new Set<string>();
  /** Whole objects that one side lacks. */
  readonly oneSided = new Map<string, SchemaDifference['how']>();
  readonly #objects = new Set<string>();
  readonly #wholes = new Set<string>();
  readonly #sides: readonly Sides[];

  constructor(differences: readonly SchemaDifference[], sides: { readonly catalog: Sides; readonly text: Sides }) {
    this.#sides = [sides.catalog, sides.text];
    for (const difference of differences) {
      const { object, property } = difference;
      this.properties.add(`${objectKey(object)}: ${property ?? ''}`);
      this.#objects.add(objectKey(object));
      if (property === undefined && difference.how !== 'changed') this.oneSided.set(objectKey(object), difference.how);
      // Under its other name too.
      if (property === 'name' && difference.left !== undefined) this.#objects.add(objectKey({ kind: object.kind, name: difference.left }));
      this.#wholes.add(object.name);
      for (const side of this.#sides) this.groups.add(groupOf(object, side));
    }
  }

  /** Whether a difference is in this object, in the table that it is a part of, or in a part of it. */
  relates(object: { readonly kind: string; readonly name: string }): boolean {
    if (this.#objects.has(objectKey(object)) || this.groups.has(object.name)) return true;
    return this.#sides.some((side) => this.#wholes.has(groupOf(object, side)));
  }
}
