import { type DifferenceClass, differenceClasses, type SchemaDifference } from '../../core/schema-difference.ts';
import { splitList } from '../text/statement-reader.ts';
import { classify } from './classify.ts';
import { pairNames } from './pair-names.ts';
import { compareText, type ObjectSet, type SchemaObject } from './schema-object.ts';
import { withExtensionVersions } from './tables-of-extensions.ts';

/** Every difference between two schemas, the gravest class first, then by object. */
export function compareObjects(left: ObjectSet, right: ObjectSet): readonly SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  const [missingRight, missingLeft] = [lackedBy(right, left), lackedBy(left, right)];
  const onlyLeft = withoutParts(missingRight);
  const onlyRight = withoutParts(missingLeft);
  const pairs = pairNames(onlyLeft, onlyRight);
  differences.push(...pairs.differences);
  for (const object of onlyLeft.filter((one) => !pairs.settled.has(one))) {
    differences.push(oneSided(object, 'only-left', left, pairs.explanations.get(object)));
  }
  for (const object of onlyRight.filter((one) => !pairs.settled.has(one))) {
    differences.push(oneSided(object, 'only-right', right, pairs.explanations.get(object)));
  }
  for (const object of left.all()) {
    const other = right.get(object.kind, object.name);
    if (other !== undefined) differences.push(...changed(object, other));
    else if (isPartial(object)) differences.push(...changed(object, { ...object, properties: new Map() }));
  }
  for (const object of right.all()) {
    if (isPartial(object) && left.get(object.kind, object.name) === undefined) differences.push(...changed({ ...object, properties: new Map() }, object));
  }
  const told = withExtensionVersions(differences, left, right);
  const gravity = (difference: SchemaDifference) => differenceClasses.indexOf(difference.class);
  const text = (difference: SchemaDifference) => `${difference.object.name} ${difference.object.kind} ${difference.property ?? ''}`;
  return told.toSorted((a, b) => gravity(a) - gravity(b) || compareText(text(a), text(b)));
}

function lackedBy(other: ObjectSet, side: ObjectSet): readonly SchemaObject[] {
  // A role is there as far as something refers to it: what refers to it differs already.
  return side.all().filter((object) => object.kind !== 'role' && !isPartial(object) && other.get(object.kind, object.name) === undefined);
}

/** What an object of this kind always has, where something may be said of one that isn't listed itself. */
const defining: Readonly<Record<string, string>> = { column: 'type', trigger: 'definition', constraint: 'definition' };

/**
 * Something is said of an object that isn't listed itself, since it follows from another (a view's or an inherited column, an inherited constraint, the copy
 * of a trigger) or comes with every server. Then the object is on both sides, and what is said of it differs.
 */
function isPartial({ kind, properties }: SchemaObject): boolean {
  const own = defining[kind];
  if (own !== undefined) return !properties.has(own);
  if (kind === 'default privileges') return false;
  return properties.size > 0 && [...properties.keys()].every((property) => /^(privileges|comment|security label .*)$/.test(property));
}

/** A column, index, policy … of a table that the other side lacks is no difference of its own: the table is. */
function withoutParts(missing: readonly SchemaObject[]): readonly SchemaObject[] {
  const whole = new Set(missing.filter(({ parent, name }) => parent === undefined || parent === name).map(({ name }) => name));
  return missing.filter(({ parent, name }) => parent === undefined || parent === name || !whole.has(parent));
}

function oneSided(object: SchemaObject, how: 'only-left' | 'only-right', side: ObjectSet, explanation: string | undefined): SchemaDifference {
  const text = describe(object);
  const children = side.all().filter((one) => one.parent === object.name && one !== object);
  const more = explanation ?? (children.length === 0 ? undefined : `with ${counted(children)}`);
  return {
    class: classify(object.kind),
    object: { kind: object.kind, name: object.name },
    how,
    ...(how === 'only-left' ? { left: text } : { right: text }),
    ...(more !== undefined && { explanation: more }),
  };
}

function changed(left: SchemaObject, right: SchemaObject): readonly SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  const names = [...new Set([...left.properties.keys(), ...right.properties.keys()])].sort(compareText);
  for (const property of names) {
    const [a, b] = property.endsWith(' order')
      ? commonOrder(left.properties.get(property), right.properties.get(property))
      : [left.properties.get(property), right.properties.get(property)];
    if (a === b) continue;
    differences.push({
      class: changedClass(left.kind, property, a, b),
      object: { kind: left.kind, name: left.name },
      property,
      how: 'changed',
      ...(a !== undefined && { left: a }),
      ...(b !== undefined && { right: b }),
    });
  }
  return differences;
}

function changedClass(kind: string, property: string, left: string | undefined, right: string | undefined): DifferenceClass {
  // Attached to an index of another name is no more than that; not attached at all is worse.
  if (property === 'attached to' && left !== undefined && right !== undefined) return 'names';
  // The right side says what should be, and a schema built from files has no reason to be filled. The reverse makes queries fail.
  if (property === 'populated' && left === 'yes') return 'environment';
  return classify(kind, property);
}

/** Orders compared by what both sides have: a missing column is told as such, and doesn't put all others out of order. */
function commonOrder(left: string | undefined, right: string | undefined): readonly [string | undefined, string | undefined] {
  if (left === undefined || right === undefined) return [left, right];
  const [a, b] = [splitList(left), splitList(right)];
  const both = new Set(a.filter((name) => b.includes(name)));
  const common = (names: readonly string[]) => names.filter((name) => both.has(name)).join(', ');
  return common(a) === common(b) ? ['', ''] : [left, right];
}

/** An object that only one side has: the statements that make it, or its properties where it is a part of its table's statement. */
function describe(object: SchemaObject): string {
  const part = object.kind === 'column' || object.kind === 'constraint';
  const own = object.statements.filter((statement) => !part || !/^CREATE (UNLOGGED |FOREIGN )?TABLE /.test(statement));
  if (own.length === 0 || object.kind === 'column') return [...object.properties].map(([property, value]) => `${property}: ${value}`).join('\n');
  return own.map((statement) => `${statement};`).join('\n');
}

function counted(objects: readonly SchemaObject[]): string {
  const kinds = Object.groupBy(objects, (object) => object.kind);
  return Object.entries(kinds)
    .sort(([a], [b]) => compareText(a, b))
    .map(([kind, some]) => `${some?.length ?? 0} ${some?.length === 1 ? kind : plural(kind)}`)
    .join(', ');
}

function plural(kind: string): string {
  return kind.endsWith('x') ? `${kind}es` : kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}
