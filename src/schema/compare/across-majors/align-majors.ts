import { ObjectSet, type SchemaObject } from '../schema-object.ts';
import { alignNotNull } from './align-not-null.ts';
import { alignPrivileges } from './align-privileges.ts';
import { alignSubscription } from './align-subscription.ts';
import type { Alignment, MajorSide } from './aligned-pair.ts';

const alignments: readonly Alignment[] = [alignPrivileges, alignNotNull, alignSubscription];

/**
 * Takes what only a newer major can say, and what it gives to everything by itself, for what the older says instead: then the same schema on two majors is
 * equal. Each rule holds for one property and both majors; what a newer server has that isn't its default is never taken for anything older.
 *
 * @returns the sides in the order in which they came; as they are where both are of one major
 */
export function alignMajors(left: MajorSide, right: MajorSide): { readonly left: ObjectSet; readonly right: ObjectSet } {
  if (left.major === right.major) return { left: left.objects, right: right.objects };
  const [olderSide, newerSide] = left.major < right.major ? [left, right] : [right, left];
  const aligned = new ObjectSet();
  for (const newer of newerSide.objects.all()) {
    const older = olderSide.objects.get(newer.kind, newer.name) ?? unlisted(newer);
    const said = older === undefined ? {} : Object.assign({}, ...alignments.map((align) => align({ older, newer, olderSide, newerSide })));
    const properties = [...newer.properties].map(([property, value]) => [property, property in said ? said[property] : value] as const);
    const kept = [...properties, ...Object.entries<string | undefined>(said)].flatMap(([property, value]) =>
      value === undefined ? [] : [[property, value] as const],
    );
    // A column that was listed for the sake of such a property alone.
    if (kept.length === 0 && newer.properties.size > 0) continue;
    const copy = aligned.object(newer.kind, newer.name, newer.parent);
    copy.statements.push(...newer.statements);
    for (const [property, value] of kept) copy.properties.set(property, value);
  }
  return left === olderSide ? { left: left.objects, right: aligned } : { left: aligned, right: right.objects };
}

/** An inherited column stands in no list of pg_dump's, unless something is said of it. */
function unlisted({ kind, name, parent, properties }: SchemaObject): SchemaObject | undefined {
  if (kind !== 'column' || properties.has('type')) return undefined;
  return { kind, name, ...(parent !== undefined && { parent }), properties: new Map(), statements: [] };
}
