import type { BoundStatement, Session } from '../../src/core/ports.ts';
import { compareObjects } from '../../src/schema/compare/compare-objects.ts';
import type { ObjectSet } from '../../src/schema/compare/schema-object.ts';
import { keyOf, relations } from '../../src/schema/extract/classes/object-class.ts';
import { objectClasses } from '../../src/schema/extract/classes/object-classes.ts';
import { extractAllFacts, extractDifferingFacts } from '../../src/schema/extract/extract-facts.ts';
import type { FactFamily } from '../../src/schema/extract/fact-family.ts';
import { families } from '../../src/schema/extract/families.ts';
import { type Cell, furtherProperties, generalised, propertySince, showCell, withoutCell } from './mutate-family.ts';

/** A cell, as it is seen in a pair of databases. */
export interface SeenCell extends Cell {
  /** Every name that the property has there. */
  readonly names: readonly string[];
  /** Whether the two databases differ in it anywhere. */
  readonly differs: boolean;
}

/** All that the families say of two databases, and of what more they could say of the objects that are there: by cell. */
export async function readCells(left: Session, right: Session): Promise<readonly SeenCell[]> {
  const seen: SeenCell[] = [];
  for (const family of families) {
    const [a, b] = [await extractAllFacts(left, { families: [family] }), await extractAllFacts(right, { families: [family] })];
    seen.push(...saidBy(family, a, b), ...saidBy(family, b, a));
  }
  return joinCells([...seen, ...(await ofEveryClass(left))]);
}

/** Cells that were seen in several pairs of databases, each once. */
export function joinCells(cells: readonly SeenCell[]): readonly SeenCell[] {
  return [...Map.groupBy(cells, showCell).values()].map((same) => ({
    ...(same[0] as SeenCell),
    names: [...new Set(same.flatMap(({ names }) => names))],
    differs: same.some(({ differs }) => differs),
  }));
}

/**
 * What families could say, and what differs in no probe: as texts. Whoever broke the query of such a thing would hear of it from nobody.
 *
 * @param cells of all databases of probes
 */
export function undefended(cells: readonly SeenCell[], major: number): readonly string[] {
  const silent = families
    .filter(({ since = 0, name }) => since <= major && !cells.some(({ family }) => family === name))
    .map(({ name }) => `${name}: nothing at all`);
  const unsaid = families.flatMap(({ name, properties = [] }) =>
    [...properties, ...(furtherProperties[name] ?? [])]
      .filter((property) => (propertySince[`${name}: ${property}`] ?? 0) <= major)
      .filter((property) => !cells.some((cell) => cell.family === name && cell.property === property))
      .map((property) => `${name}: never said: ${property}`),
  );
  const unlisted = cells.filter(({ family, property }) => {
    const known = families.find(({ name }) => name === family)?.properties;
    return property !== undefined && known !== undefined && ![...known, ...(furtherProperties[family] ?? [])].includes(property);
  });
  return [
    ...silent,
    ...unsaid,
    ...unlisted.map((cell) => `${showCell(cell)}: not listed`),
    ...cells.filter(({ differs }) => !differs).map(showCell),
  ].toSorted();
}

function saidBy(family: FactFamily, side: ObjectSet, other: ObjectSet): readonly SeenCell[] {
  return side.all().flatMap(({ kind, name, properties }) => {
    const pair = other.get(kind, name);
    const objects = family.adds === true ? [] : [{ family: family.name, kind, names: [], differs: pair === undefined }];
    return [
      ...objects,
      ...[...properties].map(([property, value]) => ({
        family: family.name,
        kind,
        property: generalised(property),
        names: [property],
        // What is said of an object that is on one side only goes with it.
        differs: pair === undefined ? family.adds === true : pair.properties.get(property) !== value,
      })),
    ];
  });
}

/** Comments, owners and rights are of every kind that there is, also of those on which no probe has put any. */
async function ofEveryClass(session: Session): Promise<readonly SeenCell[]> {
  const major = Math.floor(session.serverVersionNum / 10_000);
  const cells: SeenCell[] = [];
  const add = (family: string, kind: string, property: string) =>
    cells.push({ family, kind, property: generalised(property), names: [property], differs: false });
  for (const one of objectClasses) {
    if ((one.since ?? 0) > major) continue;
    const rows = await session.query<{ kind: string; prefix: string; owned: boolean; granted: boolean }>(
      `select o.kind, o.prefix, bool_or(o.owner is not null and o.prefix = '') as owned, bool_or(o.acl_type is not null) as granted
         from (${one.rows(major)}) o where o.own group by o.kind, o.prefix order by 1, 2`,
      [null],
    );
    for (const { kind, prefix, owned, granted } of rows) {
      // Tables and views tell theirs themselves.
      const own = keyOf(one) === relations ? (kind.endsWith('view') ? 'views' : 'tables') : undefined;
      add(own ?? 'comments', kind, `${prefix}comment`);
      if (owned && one.parts !== true) add(own ?? 'owners', kind, 'owner');
      if (granted) add('privileges', kind, `${prefix}privileges`);
    }
  }
  return cells;
}

/**
 * Of these cells, those that can't be left out of their families without the probes telling something else: as texts. Each is left out for itself, and both
 * databases are compared again.
 */
export async function defended(left: Session, right: Session, cells: readonly SeenCell[]): Promise<readonly string[]> {
  const [one, other] = [remembering(left), remembering(right)];
  const expected = await tell(one, other, families);
  const killed: string[] = [];
  for (const cell of cells) {
    const mutated = families.map((family) => (family.name === cell.family ? withoutCell(family, cell, cell.names) : family));
    if ((await tell(one, other, mutated)) !== expected) killed.push(showCell(cell));
  }
  return killed;
}

/** Nobody changes these databases: what all other families say needn't be asked again for each mutation. */
function remembering(session: Session): Session {
  const answers = new Map<string, Promise<unknown>>();
  const query = (sql: string, values: readonly unknown[] = []) => {
    const key = JSON.stringify([sql, values]);
    const answer = answers.get(key) ?? session.query(sql, values);
    answers.set(key, answer);
    return answer;
  };
  const queryAll = (statements: readonly BoundStatement[]) => Promise.all(statements.map(({ text, values }) => query(text, values)));
  return Object.assign(Object.create(session) as Session, { query, queryAll, execute: session.execute.bind(session) });
}

async function tell(left: Session, right: Session, some: readonly FactFamily[]): Promise<string> {
  const facts = await extractDifferingFacts(left, right, { exclude: [], families: some });
  return compareObjects(facts.left, facts.right)
    .map((one) => [one.class, one.object.kind, one.object.name, one.property ?? one.how].join('\t'))
    .join('\n');
}
