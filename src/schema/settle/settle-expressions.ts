import type { SchemaDifference } from '../../core/schema-difference.ts';
import { isDeparsed } from '../compare/classify.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { isRenameable } from '../compare/pair-names.ts';
import { ObjectSet, objectKey, type SchemaObject, set } from '../compare/schema-object.ts';
import { readObjects } from '../text/read/read-objects.ts';
import { differForCertain } from './differ-for-certain.ts';
import type { ScratchServer } from './scratch-cycle.ts';
import { sliceDump } from './slice-dump.ts';

const maxCycles = 4;

/** One side as the engines read it: from pg_dump's text, and from the catalogs where it has any. */
export interface SideObjects {
  readonly text: ObjectSet;
  readonly catalog?: ObjectSet | undefined;
}

/** What each engine finds. */
export interface EngineDifferences {
  readonly text: readonly SchemaDifference[];
  readonly catalog: readonly SchemaDifference[];
}

export interface Settled {
  readonly left: SideObjects;
  readonly right: SideObjects;
  readonly differences: EngineDifferences;
  readonly cycles: number;
}

export function compareSides(left: SideObjects, right: SideObjects): EngineDifferences {
  return {
    text: compareObjects(left.text, right.text),
    catalog: left.catalog === undefined || right.catalog === undefined ? [] : compareObjects(left.catalog, right.catalog),
  };
}

/**
 * The differences that a dump and restore could make vanish, of each engine.
 *
 * @param alike whether both servers, and so their ways of writing expressions, are of the same major
 */
export function unsettled(differences: EngineDifferences, left: SideObjects, right: SideObjects, alike: boolean): EngineDifferences {
  // The texts are written with the settings of their databases, such as a time zone, and prove nothing by themselves.
  const certain = new Set(alike ? differences.catalog.filter(isCertain).map(placeOf) : []);
  const of = (engine: 'text' | 'catalog') => {
    const sides = { 'only-left': left[engine], 'only-right': right[engine], changed: left[engine] };
    const place = ({ object, how }: SchemaDifference) => `${object.kind} of ${sides[how]?.get(object.kind, object.name)?.parent ?? ''}`;
    const lacked = {
      'only-left': new Set(differences[engine].filter(({ how }) => how === 'only-right').map(place)),
      'only-right': new Set(differences[engine].filter(({ how }) => how === 'only-left').map(place)),
    };
    return differences[engine].filter((difference) => {
      const { object, property, how } = difference;
      // It may turn out to be what the other side has there under another name.
      if (how !== 'changed') return isRenameable(object.kind) && lacked[how].has(place(difference));
      const properties = left[engine]?.get(object.kind, object.name)?.properties ?? new Map();
      return property !== undefined && isDeparsed(object.kind, property, properties) && !certain.has(placeOf(difference));
    });
  };
  return { text: of('text'), catalog: of('catalog') };
}

const expression = /^(definition|default|generated|using|with check|predicate|constraint .*|table .*)$/s;

function isCertain({ how, property = '', left, right }: SchemaDifference): boolean {
  return how === 'changed' && expression.test(property) && left !== undefined && right !== undefined && differForCertain(left, right);
}

/**
 * Postgres may write the same expression otherwise after a dump and restore (`IN` lists on varchar, BETWEEN, DEFAULT NULL). So of both sides what differs,
 * and all that it needs, is restored into scratch databases and read again, by both engines, until it no longer changes; and the expressions are compared
 * in that form. All else keeps the form of the first reading: a restore can lose owners, tablespaces or options, and what it loses would look equal.
 *
 * @param maySettle of what differs, that for which this is done
 */
export async function settleExpressions(
  scratch: ScratchServer,
  texts: { readonly left: string; readonly right: string },
  objects: { readonly left: SideObjects; readonly right: SideObjects },
  first: EngineDifferences,
  maySettle: EngineDifferences,
): Promise<Settled> {
  const wanted = wantedObjects(objects, maySettle);
  const left = new SideInScratch(texts.left, objects.left, wanted);
  const right = new SideInScratch(texts.right, objects.right, wanted);
  let differences = first;
  let cycles = 0;
  let moved: ReadonlySet<string> = new Set();
  const isMoving = (difference: SchemaDifference) => moved.has(objectKey(difference.object));
  do {
    // Both are waited for, also when one fails: nobody may be at work when the scratch server goes.
    const done = await Promise.allSettled([left.cycle(scratch), right.cycle(scratch)]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
    cycles++;
    differences = compareSides(left.objects, right.objects);
    // What a cycle left as it was, the next one will leave too; an object that only one side has may yet turn out to have another name.
    moved = new Set([...left.moved, ...right.moved]);
  } while (cycles < maxCycles && (differences.text.some(isMoving) || differences.catalog.some(isMoving)));
  const stillOpen = unsettled(differences, left.objects, right.objects, false);
  const judge = (engine: 'text' | 'catalog') => [
    ...differences[engine].map((difference) =>
      isMoving(difference) && difference.how === 'changed' && stillOpen[engine].includes(difference)
        ? { ...difference, class: 'unstable' as const, explanation: `still changing after ${cycles} dump/restore cycles` }
        : difference,
    ),
    ...vanished(first[engine], differences[engine], cycles),
  ];
  return { left: left.objects, right: right.objects, differences: { text: judge('text'), catalog: judge('catalog') }, cycles };
}

/** The objects that these differences are about, of either side and engine. */
function wantedObjects({ left, right }: { readonly left: SideObjects; readonly right: SideObjects }, { text, catalog }: EngineDifferences) {
  const wanted = new Map<string, SchemaObject>();
  for (const { object } of [...text, ...catalog]) {
    for (const side of [left.text, right.text, left.catalog, right.catalog]) {
      const found = side?.get(object.kind, object.name);
      if (found !== undefined) wanted.set(objectKey(found), found);
    }
  }
  return [...wanted.values()];
}

/** What differed in the first readings and no longer does. Objects on one side only never vanish: they can only turn out to have another name. */
function vanished(first: readonly SchemaDifference[], last: readonly SchemaDifference[], cycles: number): readonly SchemaDifference[] {
  const left = new Set(last.map(placeOf));
  return first
    .filter((difference) => difference.how === 'changed' && difference.property !== 'name' && !left.has(placeOf(difference)))
    .map((difference) => ({
      ...difference,
      class: 'deparse-only',
      explanation: `written the same after ${cycles} dump/restore cycle${cycles === 1 ? '' : 's'}`,
    }));
}

function placeOf(difference: SchemaDifference): string {
  return `${difference.object.kind} ${difference.object.name}: ${difference.property ?? ''}`;
}

/** One side's schema while it is restored again and again. */
class SideInScratch {
  /** As first read, with the wanted objects' expressions as in the latest copy. */
  objects: SideObjects;
  /** Keys of the objects whose expressions the latest cycle changed. */
  moved: ReadonlySet<string> = new Set();
  readonly #wanted: ReadonlySet<string>;
  readonly #whole: string;
  /** What is restored next; a part of the whole while that does. */
  #text: string;

  constructor(text: string, objects: SideObjects, wanted: readonly SchemaObject[]) {
    this.#whole = text;
    this.objects = objects;
    this.#wanted = new Set(wanted.map(objectKey));
    const here = wanted.filter(({ kind, name }) => (objects.text.get(kind, name) ?? objects.catalog?.get(kind, name)) !== undefined);
    this.#text = sliceDump(text, here) ?? text;
  }

  async cycle(scratch: ScratchServer): Promise<void> {
    const hasCatalog = this.objects.catalog !== undefined;
    let { text, failed, catalog } = await scratch.cycle(this.#text, hasCatalog);
    let restored = readObjects(text);
    if (this.#text.length < this.#whole.length && (failed.size > 0 || this.#lacksAny(restored))) {
      // Something that these objects need isn't told by their names.
      ({ text, failed, catalog } = await scratch.cycle(this.#whole, hasCatalog));
      restored = readObjects(text);
    }
    const moved = new Set<string>();
    const usable = (object: SchemaObject, property: string) => {
      const own = this.objects.text.get(object.kind, object.name);
      if (own === undefined) {
        // Its text is the same on both sides, or pg_dump doesn't show it. Where inherited columns stand is all that a restore changes and no text tells.
        const place = object.parent ?? object.name;
        return property === 'column order' && ![...failed].some((statement) => statement.includes(place));
      }
      // An object that could not be restored whole keeps its own text.
      return !own.statements.some((statement) => failed.has(statement));
    };
    const { objects } = this;
    this.objects = {
      text: this.#take(objects.text, restored, usable, moved),
      ...(objects.catalog !== undefined && catalog !== undefined && { catalog: this.#take(objects.catalog, catalog, usable, moved) }),
    };
    this.moved = moved;
    this.#text = text;
  }

  #lacksAny(restored: ObjectSet): boolean {
    return this.objects.text.all().some((object) => this.#wanted.has(objectKey(object)) && restored.get(object.kind, object.name) === undefined);
  }

  #take(objects: ObjectSet, restored: ObjectSet, usable: (object: SchemaObject, property: string) => boolean, moved: Set<string>): ObjectSet {
    const merged = new ObjectSet();
    for (const object of objects.all()) {
      const copy = merged.object(object.kind, object.name, object.parent);
      copy.statements.push(...object.statements);
      const other = this.#wanted.has(objectKey(object)) ? restored.get(object.kind, object.name) : undefined;
      for (const [property, value] of object.properties) {
        const taken = other !== undefined && isDeparsed(object.kind, property, object.properties) && usable(object, property);
        const now = taken ? (other.properties.get(property) ?? value) : value;
        set(copy, property, now);
        if (now !== value) moved.add(objectKey(object));
      }
    }
    return merged;
  }
}
