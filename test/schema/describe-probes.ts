import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/core/ports.ts';
import { ok } from '../../src/core/result.ts';
import type { Comparison, SchemaDifference } from '../../src/core/schema-difference.ts';
import type { Address } from '../../src/core/server.ts';
import { compareObjects } from '../../src/schema/compare/compare-objects.ts';
import { compareSchemas } from '../../src/schema/compare-schemas.ts';
import { coverageOf } from '../../src/schema/coverage/coverage-list.ts';
import { probedApart } from '../../src/schema/coverage/probed-apart.ts';
import { extractDifferingFacts } from '../../src/schema/extract/extract-facts.ts';
import { oneProperty } from '../../src/schema/probes/one-property.ts';
import type { Expectation, Probe, SamePair } from '../../src/schema/probes/probe.ts';
import { samePairs } from '../../src/schema/probes/same-pairs.ts';
import { canProbe, dropSubscriptions, groupProbes, probeSchema, writeProbeScript } from '../../src/schema/probes/write-script.ts';
import { columnsThatDiffer, readCatalogRows } from '../support/catalog-rows.ts';
import { type Major, testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { joinCells, readCells, type SeenCell, undefended } from './family-cells.ts';
import { defendedApart } from './mutate-family.ts';

type Engine = 'facts' | 'whole';

const random = randomBytes(4).toString('hex');
const names = { role: `r1_${random}`, other: `r2_${random}`, space: `space_${random}` };
const { schemas, database } = groupProbes(oneProperty);

interface Compared {
  /** By both engines, where that was asked for. */
  readonly whole?: Comparison;
  /** By the catalogs' facts alone, expressions as they are. */
  readonly facts: readonly SchemaDifference[];
  /** `pg_class.relpersistence`: columns of the catalogs that really differ. */
  readonly columns: ReadonlySet<string>;
  /** What the families say of these databases. */
  readonly cells: readonly SeenCell[];
}

/** Compares two databases, in each of which one side of all probes is made. */
function compareProbes(major: Major, engines: readonly Engine[], probes: readonly (Probe | SamePair)[]): Promise<Compared> {
  const script = (side: 'left' | 'right') => writeProbeScript(probes, side, major, names);
  return withDatabase(major, script('left'), (left) =>
    withDatabase(major, script('right'), async (right) => {
      const whole = engines.includes('whole') ? await compareWhole(left, right) : undefined;
      const facts = await compareFacts(left, right);
      const cells = await withSessions(left, right, readCells);
      const columns = columnsThatDiffer(await readCatalogRows(left), await readCatalogRows(right));
      // A database with a subscription can't be dropped.
      for (const side of [left, right]) await ask(side, dropSubscriptions);
      return { ...(whole !== undefined && { whole }), facts, columns, cells };
    }),
  );
}

async function compareWhole(left: Address, right: Address): Promise<Comparison> {
  const sides = [
    { address: left, label: 'left' },
    { address: right, label: 'right' },
  ] as const;
  const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...right, database: 'postgres' }) });
  if (!compared.ok) throw new Error(compared.failure.message);
  return compared.value;
}

async function compareFacts(left: Address, right: Address): Promise<readonly SchemaDifference[]> {
  const facts = await withSessions(left, right, (one, other) => extractDifferingFacts(one, other, { exclude: [] }));
  return compareObjects(facts.left, facts.right);
}

async function withSessions<T>(left: Address, right: Address, use: (one: Session, other: Session) => Promise<T>): Promise<T> {
  const { edge } = testContext();
  const [a, b] = [await edge.postgres.connect(left), await edge.postgres.connect(right)];
  if (!a.ok || !b.ok) throw new Error('no session');
  await using one = a.value;
  await using other = b.value;
  return await use(one, other);
}

/** Which differences speak of this probe's schema, or of what is named after it. */
const ofProbe = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(object.name));
const byEngine = ({ whole, facts }: Compared) => (whole === undefined ? [facts] : [whole.differences, facts]);
const told = (difference: SchemaDifference) => [difference.class, difference.object.kind, difference.how === 'changed' ? difference.property : difference.how];
const asTold = ([severity, kind, what]: Expectation) => [severity, kind, expect.stringMatching(new RegExp(`^${what}`))];

/**
 * Tests of every probe and of every pair that must be the same, on one major.
 *
 * @param engines by which they are compared: the catalogs' facts alone are quick, pg_dump and restores take their time
 */
export function describeProbes(major: Major, engines: readonly Engine[]): void {
  const flipped = new Set<string>();
  const seen: SeenCell[] = [];
  const here = <T extends Probe | SamePair>(probes: readonly T[]) =>
    probes.map((probe, index) => ({ ...probe, index })).filter((probe) => canProbe(probe, major, names));
  beforeAll(async () => {
    await ask(testServer(major), `create role ${names.role}; create role ${names.other}`);
    // In a folder of the server's own: nothing has to be made beside it.
    await withSpaceAllowed(major, `create tablespace ${names.space} location ''`);
  });
  afterAll(async () => {
    await ask(testServer(major), `drop tablespace ${names.space}`);
    await ask(testServer(major), `drop role ${names.role}; drop role ${names.other}`);
  });

  describe('one property differs', () => {
    let compared: Compared;
    beforeAll(async () => {
      compared = await compareProbes(major, engines, schemas);
      for (const column of compared.columns) flipped.add(column);
      seen.push(...compared.cells);
    });
    test.each(here(schemas))('$name', ({ expect: wanted, also = [], index }) => {
      const all = [wanted, ...also].map(asTold);
      for (const differences of byEngine(compared)) {
        const found = ofProbe(differences, index).map(told);
        expect(found).toEqual(expect.arrayContaining(all));
        expect(found).toHaveLength(all.length);
      }
    });
    test('and nothing else does', () => {
      for (const differences of byEngine(compared)) expect(differences.filter(({ object }) => !/(?<![a-z])s\d{3}(?!\d)/.test(object.name))).toEqual([]);
    });
  });

  test('one property of the database differs', async () => {
    const compared = await compareProbes(major, engines, database);
    for (const column of compared.columns) flipped.add(column);
    seen.push(...compared.cells);
    const expected = here(database).flatMap(({ expect: wanted, also = [] }) => [wanted, ...also].map(asTold));
    for (const differences of byEngine(compared)) {
      const found = differences.map(told);
      expect(found).toEqual(expect.arrayContaining(expected));
      expect(found).toHaveLength(expected.length);
    }
  });

  test('every property that the catalogs’ families tell differs in a probe', () => {
    const open = undefended(joinCells(seen), major);
    expect(open.filter((cell) => !(cell in defendedApart))).toEqual([]);
    // A reason that holds no longer hides the next gap.
    expect(Object.keys(defendedApart).filter((cell) => !open.includes(cell))).toEqual([]);
  });

  test('every column of the catalogs that is listed as compared differs in a probe', () => {
    const compared = coverageOf(major).filter(({ treatment, name }) => treatment === 'compared' && !(name in probedApart));
    expect(compared.map(({ name }) => name).filter((name) => !flipped.has(name))).toEqual([]);
  });

  describe('the same by another way', () => {
    let compared: Compared;
    beforeAll(async () => {
      compared = await compareProbes(major, engines, samePairs);
    });
    test.each(here(samePairs))('$name', ({ index, deparse }) => {
      if (compared.whole !== undefined) {
        expect(ofProbe(compared.whole.differences, index).map((difference) => difference.class)).toEqual(deparse ? ['deparse-only'] : []);
      }
      if (!deparse) expect(ofProbe(compared.facts, index)).toEqual([]);
    });
    if (engines.includes('whole')) {
      test('and nothing is left but expressions', () => {
        expect(compared.whole?.differences.filter((difference) => difference.class !== 'deparse-only')).toEqual([]);
      });
    }
  });
}

async function withSpaceAllowed(major: Major, sql: string): Promise<void> {
  const { edge } = testContext();
  const connected = await edge.postgres.connect(testServer(major));
  if (!connected.ok) throw new Error(connected.failure.message);
  await using session = connected.value;
  await session.execute('set allow_in_place_tablespaces = on');
  await session.execute(sql);
}
