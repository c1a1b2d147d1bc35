import type { SchemaDifference } from '../../core/schema-difference.ts';
import { isDeparsed } from '../compare/classify.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { isRenameable } from '../compare/pair-names.ts';
import { ObjectSet, objectKey, set } from '../compare/schema-object.ts';
import { readObjects } from '../text/read/read-objects.ts';
import type { ScratchServer } from './scratch-cycle.ts';

const maxCycles = 4;

export interface Settled {
  readonly left: ObjectSet;
  readonly right: ObjectSet;
  readonly differences: readonly SchemaDifference[];
  readonly cycles: number;
}

/** Whether dump and restore could make this difference vanish. */
export function maySettle(difference: SchemaDifference, left: ObjectSet): boolean {
  if (difference.how !== 'changed') return isRenameable(difference.object.kind);
  const properties = left.get(difference.object.kind, difference.object.name)?.properties ?? new Map();
  return difference.property !== undefined && isDeparsed(difference.object.kind, difference.property, properties);
}

/**
 * Postgres may write the same expression otherwise after a dump and restore (`IN` lists on varchar, BETWEEN, DEFAULT NULL). So both sides are restored
 * into scratch databases and dumped again, until their texts no longer change, and the expressions are compared in that form. All else keeps the
 * form of the first dump: a restore can lose owners, tablespaces or options, and what it loses would look equal.
 */
export async function settleExpressions(
  scratch: ScratchServer,
  texts: { readonly left: string; readonly right: string },
  objects: { readonly left: ObjectSet; readonly right: ObjectSet },
  first: readonly SchemaDifference[],
): Promise<Settled> {
  const left = new SideInScratch(texts.left, objects.left);
  const right = new SideInScratch(texts.right, objects.right);
  let differences = first;
  let cycles = 0;
  let unsettled: readonly SchemaDifference[] = first;
  while (cycles < maxCycles && unsettled.length > 0) {
    // Both are waited for, also when one fails: nobody may be at work when the scratch server goes.
    const done = await Promise.allSettled([left.cycle(scratch), right.cycle(scratch)]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
    cycles++;
    differences = compareObjects(left.objects, right.objects);
    // What a cycle left as it was, the next one will leave too; an object that only one side has may yet turn out to have another name.
    const moved = new Set([...left.moved, ...right.moved]);
    unsettled = differences.filter((difference) => moved.has(objectKey(difference.object)));
  }
  const final = differences.map((difference) =>
    unsettled.includes(difference) && difference.how === 'changed' && maySettle(difference, left.objects)
      ? { ...difference, class: 'unstable' as const, explanation: `still changing after ${cycles} dump/restore cycles` }
      : difference,
  );
  return { left: left.objects, right: right.objects, differences: [...final, ...vanished(first, differences, cycles)], cycles };
}

/** What differed in the first dumps and no longer does. Objects on one side only never vanish: they can only turn out to have another name. */
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
  /** As in the first dump, with expressions as in the latest. */
  objects: ObjectSet;
  /** Keys of the objects whose text the latest cycle changed. */
  moved: ReadonlySet<string> = new Set();
  #text: string;

  constructor(text: string, objects: ObjectSet) {
    this.#text = text;
    this.objects = objects;
  }

  async cycle(scratch: ScratchServer): Promise<void> {
    const { text, failed } = await scratch.cycle(this.#text);
    this.#take(readObjects(text), failed);
    this.#text = text;
  }

  #take(restored: ObjectSet, failed: ReadonlySet<string>): void {
    const merged = new ObjectSet();
    const moved = new Set<string>();
    for (const object of this.objects.all()) {
      const copy = merged.object(object.kind, object.name, object.parent);
      copy.statements.push(...object.statements);
      const other = restored.get(object.kind, object.name);
      // An object that could not be restored whole keeps its own text.
      const usable = other !== undefined && !object.statements.some((statement) => failed.has(statement));
      for (const [property, value] of object.properties) {
        const now = usable && isDeparsed(object.kind, property, object.properties) ? (other.properties.get(property) ?? value) : value;
        set(copy, property, now);
        if (now !== value) moved.add(objectKey(object));
      }
    }
    this.objects = merged;
    this.moved = moved;
  }
}
