import { type CapturedCatalog, objectsOf } from './captured-catalog.ts';
import { excludeObjects } from './compare/exclude-objects.ts';
import type { ObjectSet } from './compare/schema-object.ts';

/** One object, or one property of an object, that isn't the same. Without a property: one side has no such object. */
export interface StructureDifference {
  readonly kind: string;
  readonly name: string;
  readonly property?: string;
  readonly left?: string;
  readonly right?: string;
}

/** What belongs to the server or to the copy, and not to the structure of a database. */
const surroundings = new Set(['role', 'database', 'subscription', 'user mapping', 'membership', 'large object']);

/** Who installed an extension is a copy's own administrator; a not-null constraint has a name since PostgreSQL 18 only. */
const apart = (kind: string, property: string) => (kind === 'extension' && property === 'installed by') || property === 'not null constraint name';

/**
 * Compares what two catalogs said, at two moments: by object and property, as it is written there. Both have to be read from the same kind of place, since
 * a restored copy writes some expressions otherwise.
 *
 * @param exclude qualified names of objects to leave out, each with all that belongs to it
 * @returns the differences, by kind and name, and how many objects of each kind were compared
 */
export function compareStructures(
  left: CapturedCatalog,
  right: CapturedCatalog,
  exclude: readonly string[],
): { readonly differences: readonly StructureDifference[]; readonly kinds: Readonly<Record<string, number>> } {
  const [a, b] = [selected(left, exclude), selected(right, exclude)];
  const differences: StructureDifference[] = [];
  const kinds: Record<string, number> = {};
  const all = new Map([...a.all(), ...b.all()].map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]));
  for (const { kind, name } of [...all.entries()].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, object]) => object)) {
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const [one, other] = [a.get(kind, name), b.get(kind, name)];
    if (one === undefined || other === undefined) {
      differences.push({ kind, name, ...(one === undefined ? { right: brief(other) } : { left: brief(one) }) });
      continue;
    }
    for (const property of new Set([...one.properties.keys(), ...other.properties.keys()])) {
      const [here, there] = [one.properties.get(property), other.properties.get(property)];
      if (here === there || apart(kind, property)) continue;
      differences.push({ kind, name, property, ...(here === undefined ? {} : { left: here }), ...(there === undefined ? {} : { right: there }) });
    }
  }
  return { differences: withoutParts(differences), kinds };
}

function selected(captured: CapturedCatalog, exclude: readonly string[]): ObjectSet {
  const objects = objectsOf(captured);
  excludeObjects(objects, exclude);
  for (const object of objects.all()) if (surroundings.has(object.kind)) objects.delete(object);
  return objects;
}

/** What there is, in a line: `integer, not null`. */
function brief(object: ReturnType<ObjectSet['get']>): string {
  const words = [...(object?.properties ?? [])].map(([property, value]) => `${property}: ${value.replace(/\s+/g, ' ')}`).join('; ');
  return words.length > 300 ? `${words.slice(0, 300)} …` : words === '' ? 'there' : words;
}

/** Where a whole table is gone, its columns and indexes needn't be told each. */
function withoutParts(differences: readonly StructureDifference[]): readonly StructureDifference[] {
  const gone = differences.filter(({ kind, property }) => property === undefined && kind === 'table').map(({ name }) => name);
  const isPart = ({ kind, name, property }: StructureDifference) =>
    property === undefined && kind !== 'table' && gone.some((table) => name.startsWith(`${table}.`) || name.endsWith(` on ${table}`));
  return differences.filter((difference) => !isPart(difference));
}
