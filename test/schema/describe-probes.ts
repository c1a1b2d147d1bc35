import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { canProbe, groupProbes, probeSchema } from '../../src/schema/probes/write-script.ts';
import { columnsThatDiffer, readCatalogRows } from '../support/catalog-rows.ts';
import type { Major } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';
import { defended, joinCells, readCells, type SeenCell, undefended } from './family-cells.ts';
import { partsOfOneSide } from './fingerprint-parts.ts';
import { defendedApart, saidTwice, showCell } from './mutate-family.ts';
import { dropProbeNames, makeProbeNames, probeNames, withProbes, withSessions } from './probe-databases.ts';

type Engine = 'facts' | 'whole';

const names = probeNames();
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
  /** Of a few mutations of the families, those that made no difference. */
  readonly unnoticed: readonly string[];
  /** Where the fingerprints of both sides part, if they were compared by both engines. */
  readonly parts: readonly string[];
}

/** Hundreds of schemas are made and compared: on a machine that is busy with other things that takes minutes. */
const patienceMs = 300_000;

/** Compares two databases, in each of which one side of all probes is made. */
function compareProbes(major: Major, engines: readonly Engine[], probes: readonly (Probe | SamePair)[]): Promise<Compared> {
  return withProbes(major, probes, names, async (left, right) => {
    const whole = engines.includes('whole') ? await compareWhole(left, right) : undefined;
    // What belongs to the whole database is one object: no part of it tells the probes apart.
    const parts = whole === undefined || probes === database ? [] : await partsOfOneSide(major, left, right);
    const facts = await compareFacts(left, right);
    const cells = await withSessions(left, right, readCells);
    const columns = columnsThatDiffer(await readCatalogRows(left), await readCatalogRows(right));
    const some = sampled(cells);
    const noticed = await withSessions(left, right, (one, other) => defended(one, other, some));
    const unnoticed = some.map(showCell).filter((cell) => !noticed.includes(cell) && !(cell in saidTwice));
    return { ...(whole !== undefined && { whole }), facts, columns, cells, unnoticed, parts };
  });
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

/** The same few each time: test/full tries all. */
function sampled(cells: readonly SeenCell[]): readonly SeenCell[] {
  const differing = cells.filter(({ differs }) => differs);
  return differing.filter((_, index) => index % Math.ceil(differing.length / 3) === 0);
}

/** Which differences speak of this probe's schema, or of what is named after it. */
const ofProbe = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(object.name));
const partsOfProbe = (parts: readonly string[], index: number) => parts.filter((part) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(part));
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
  beforeAll(() => makeProbeNames(major, names));
  afterAll(() => dropProbeNames(major, names));

  describe('one property differs', () => {
    let compared: Compared;
    beforeAll(async () => {
      compared = await compareProbes(major, engines, schemas);
      for (const column of compared.columns) flipped.add(column);
      seen.push(...compared.cells);
    }, patienceMs);
    test.each(here(schemas))('$name', ({ expect: wanted, also = [], index }) => {
      const all = [wanted, ...also].map(asTold);
      for (const differences of byEngine(compared)) {
        const found = ofProbe(differences, index).map(told);
        expect(found).toEqual(expect.arrayContaining(all));
        expect(found).toHaveLength(all.length);
      }
    });
    if (engines.includes('whole')) {
      test('and each makes another fingerprint', () => {
        expect(here(schemas).filter(({ index }) => partsOfProbe(compared.parts, index).length === 0)).toEqual([]);
        expect(compared.whole?.scope.leftFingerprint).not.toBe(compared.whole?.scope.rightFingerprint);
      });
    }
    test('and a family that tells less is noticed', () => {
      expect(compared.unnoticed).toEqual([]);
    });
    test('and nothing else does', () => {
      for (const differences of byEngine(compared)) expect(differences.filter(({ object }) => !/(?<![a-z])s\d{3}(?!\d)/.test(object.name))).toEqual([]);
    });
  });

  test(
    'one property of the database differs',
    async () => {
      const compared = await compareProbes(major, engines, database);
      for (const column of compared.columns) flipped.add(column);
      seen.push(...compared.cells);
      const expected = here(database).flatMap(({ expect: wanted, also = [] }) => [wanted, ...also].map(asTold));
      for (const differences of byEngine(compared)) {
        const found = differences.map(told);
        expect(found).toEqual(expect.arrayContaining(expected));
        expect(found).toHaveLength(expected.length);
      }
    },
    patienceMs,
  );

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
    }, patienceMs);
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
      test('and fingerprints part in expressions alone', () => {
        const parted = here(samePairs).filter(({ index }) => partsOfProbe(compared.parts, index).length > 0);
        expect(parted.filter(({ deparse }) => deparse !== true).map(({ name, index }) => [name, partsOfProbe(compared.parts, index)])).toEqual([]);
      });
    }
  });
}
