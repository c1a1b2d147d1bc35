import type { SchemaDifference } from '../../core/schema-difference.ts';
import { compareText, type SchemaObject } from './schema-object.ts';

/** Kinds whose name no query needs: the same body under another name is a difference of class names. */
const renameable = new Set(['constraint', 'index', 'trigger', 'rule', 'policy', 'statistics']);

export interface NamePairs {
  readonly differences: readonly SchemaDifference[];
  /** Objects that these differences account for. */
  readonly settled: ReadonlySet<SchemaObject>;
  /** For the other kinds, and where there are several candidates: what looks like the same thing under another name. */
  readonly explanations: ReadonlyMap<SchemaObject, string>;
}

/** Finds, among objects that one side lacks, those that the other side has under another name: same kind, same place, same body. Where that fits several, all are named. */
export function pairNames(onlyLeft: readonly SchemaObject[], onlyRight: readonly SchemaObject[]): NamePairs {
  const differences: SchemaDifference[] = [];
  const settled = new Set<SchemaObject>();
  const explanations = new Map<SchemaObject, string>();
  const rights = Map.groupBy(onlyRight, signature);
  for (const [body, lefts] of Map.groupBy(onlyLeft, signature)) {
    const others = rights.get(body) ?? [];
    const [left, right] = [lefts[0], others[0]];
    if (left === undefined || right === undefined) continue;
    if (lefts.length > 1 || others.length > 1 || !renameable.has(left.kind)) {
      for (const one of lefts) explanations.set(one, sameBody(others));
      for (const one of others) explanations.set(one, sameBody(lefts));
      continue;
    }
    settled.add(left).add(right);
    differences.push({
      class: 'names',
      object: { kind: right.kind, name: right.name },
      property: 'name',
      how: 'changed',
      left: left.name,
      right: right.name,
      explanation: `same body under another name: ${left.name}`,
    });
  }
  return { differences, settled, explanations };
}

/** Which of several it was can't be told. */
function sameBody(candidates: readonly SchemaObject[]): string {
  const names = candidates.map(({ name }) => name);
  if (names.length === 1) return `same body as ${names[0]}, which only the other side has: renamed?`;
  return `same body as ${names.slice(0, -1).join(', ')} and ${names.at(-1)}, which only the other side has: one of them renamed?`;
}

/** Whether the name of such an object may differ without changing what queries mean. */
export function isRenameable(kind: string): boolean {
  return renameable.has(kind);
}

function signature(object: SchemaObject): string {
  const own = object.name.split(/[. ]/)[0] ?? object.name;
  const properties = [...object.properties]
    // Tables and types must have the same columns too: names of columns stand in these properties.
    .filter(([property]) => property !== 'comment')
    .sort(([a], [b]) => compareText(a, b))
    .map(([property, value]) => `${property}=${value.replaceAll(object.name, '<name>')}`);
  const place = object.parent === undefined || object.parent === object.name ? own : object.parent;
  return JSON.stringify([object.kind, place, properties]);
}
