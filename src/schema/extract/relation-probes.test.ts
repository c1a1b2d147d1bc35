import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../test/support/databases.ts';
import { withSession } from '../../../test/support/session.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { isDeparsed } from '../compare/classify.ts';
import { compareObjects } from '../compare/compare-objects.ts';
import { oneProperty } from '../probes/one-property.ts';
import type { Probe, SamePair } from '../probes/probe.ts';
import { samePairs } from '../probes/same-pairs.ts';
import { canProbe, probeSchema, writeProbe } from '../probes/write-script.ts';
import { extractDifferingFacts } from './extract-facts.ts';
import { relationFamilies } from './families/relation-families.ts';

const random = randomBytes(4).toString('hex');
const names = { role: `r1_${random}`, other: `r2_${random}` };

/** What these families are about; owners, privileges, comments and labels of the same objects are other families' subject. */
const kinds = /^(table|column|constraint|index|view|materialized view|rule|trigger|policy|sequence|statistics|foreign table)$/;
const others = /(^| )owner$|privileges$|comment|security label/;
const isOurs = ([, kind, what]: readonly [string, string, string]) => kinds.test(kind) && !others.test(what);

async function compare(major: Major, probes: readonly (Probe | SamePair)[]) {
  const script = (side: 'left' | 'right') =>
    probes
      .map((probe, index) =>
        canProbe(probe, major, names) && (!('expect' in probe) || isOurs(probe.expect)) ? writeProbe(probe, side, probeSchema(index), names) : '',
      )
      .join('\n');
  return await withSession(major, script('left'), (left) =>
    withSession(major, script('right'), async (right) => {
      const facts = await extractDifferingFacts(left, right, { exclude: [], families: relationFamilies });
      return { differences: compareObjects(facts.left, facts.right), left: facts.left };
    }),
  );
}

const ofProbe = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(object.name));
const told = (difference: SchemaDifference) => [difference.class, difference.object.kind, difference.how === 'changed' ? difference.property : difference.how];

describe.each([15, 18] as const)('catalog facts alone on PostgreSQL %i', (major) => {
  const here = <T extends Probe | SamePair>(probes: readonly T[]) =>
    probes.map((probe, index) => ({ ...probe, index })).filter((probe) => canProbe(probe, major, names));
  beforeAll(async () => {
    await withDatabase(major, `create role ${names.role}; create role ${names.other}`, async () => {});
  });
  afterAll(async () => {
    await withDatabase(major, `drop role ${names.role}; drop role ${names.other}`, async () => {});
  });

  describe('find one property', () => {
    let differences: readonly SchemaDifference[] = [];
    beforeAll(async () => {
      ({ differences } = await compare(major, oneProperty));
    });
    test.each(here(oneProperty).filter((probe) => isOurs(probe.expect)))('$name', ({ expect: wanted, also = [], index }) => {
      const all = [wanted, ...also].filter(isOurs);
      const found = ofProbe(differences, index).map(told);
      expect(found.map((one) => one.join(' '))).toHaveLength(all.length);
      for (const [severity, kind, what] of all) expect(found).toContainEqual([severity, kind, expect.stringMatching(new RegExp(`^${what}`))]);
    });
  });

  describe('are the same by another way', () => {
    let compared: Awaited<ReturnType<typeof compare>>;
    beforeAll(async () => {
      compared = await compare(major, samePairs);
    });
    test.each(here(samePairs))('$name', ({ index, deparse }) => {
      const found = ofProbe(compared.differences, index);
      const expressions = found.filter(
        ({ property, object }) =>
          property !== undefined && isDeparsed(object.kind, property, compared.left.get(object.kind, object.name)?.properties ?? new Map()),
      );
      expect(found.map(told)).toEqual(deparse ? expressions.map(told) : []);
    });
  });
});
