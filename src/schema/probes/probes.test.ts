import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { ok } from '../../core/result.ts';
import type { Comparison, SchemaDifference } from '../../core/schema-difference.ts';
import { compareSchemas } from '../compare-schemas.ts';
import { oneProperty } from './one-property.ts';
import type { Probe, SamePair } from './probe.ts';
import { samePairs } from './same-pairs.ts';
import { probeSchema, writeProbeScript } from './write-script.ts';

const random = randomBytes(4).toString('hex');
const names = { role: `r1_${random}`, other: `r2_${random}` };

/** Compares two databases, in each of which one side of all probes is made. */
function compareProbes(major: Major, probes: readonly (Probe | SamePair)[]): Promise<Comparison> {
  return withDatabase(major, writeProbeScript(probes, 'left', major, names), (left) =>
    withDatabase(major, writeProbeScript(probes, 'right', major, names), async (right) => {
      const sides = [
        { address: left, label: 'left' },
        { address: right, label: 'right' },
      ] as const;
      const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...right, database: 'postgres' }) });
      if (!compared.ok) throw new Error(compared.failure.message);
      return compared.value;
    }),
  );
}

/** Which differences speak of this probe's schema, or of what is named after it. */
const ofProbe = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(object.name));
const told = (difference: SchemaDifference) => [difference.class, difference.object.kind, difference.how === 'changed' ? difference.property : difference.how];

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  const here = <T extends Probe | SamePair>(probes: readonly T[]) =>
    probes.map((probe, index) => ({ ...probe, index })).filter((probe) => (probe.since ?? 0) <= major);
  beforeAll(async () => {
    await withDatabase(major, `create role ${names.role}; create role ${names.other}`, async () => {});
  });
  afterAll(async () => {
    await withDatabase(major, `drop role ${names.role}; drop role ${names.other}`, async () => {});
  });

  describe('one property differs', () => {
    let differences: readonly SchemaDifference[] = [];
    beforeAll(async () => {
      ({ differences } = await compareProbes(major, oneProperty));
    });
    test.each(here(oneProperty))('$name', ({ expect: wanted, also = [], index }) => {
      const found = ofProbe(differences, index).map(told);
      expect(found).toHaveLength(1 + also.length);
      for (const [severity, kind, what] of [wanted, ...also]) {
        expect(found).toContainEqual([severity, kind, expect.stringMatching(new RegExp(`^${what}`))]);
      }
    });
    test('and nothing else does', () => {
      expect(differences.filter(({ object }) => !/(?<![a-z])s\d{3}(?!\d)/.test(object.name))).toEqual([]);
    });
  });

  describe('the same by another way', () => {
    let comparison: Comparison;
    beforeAll(async () => {
      comparison = await compareProbes(major, samePairs);
    });
    test.each(here(samePairs))('$name', ({ index, deparse }) => {
      expect(ofProbe(comparison.differences, index).map((difference) => difference.class)).toEqual(deparse ? ['deparse-only'] : []);
    });
    test('and nothing is left but expressions', () => {
      expect(comparison.differences.filter((difference) => difference.class !== 'deparse-only')).toEqual([]);
      expect(comparison.scope.leftFingerprint).toBe(comparison.scope.rightFingerprint);
    });
  });
});
