import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ok } from '../../src/core/result.ts';
import type { SchemaDifference } from '../../src/core/schema-difference.ts';
import type { Address } from '../../src/core/server.ts';
import { compareSchemas } from '../../src/schema/compare-schemas.ts';
import { oneProperty } from '../../src/schema/probes/one-property.ts';
import type { Expectation, Probe, SamePair } from '../../src/schema/probes/probe.ts';
import { samePairs } from '../../src/schema/probes/same-pairs.ts';
import { canProbe, dropSubscriptions, groupProbes, probeSchema, writeProbeScript } from '../../src/schema/probes/write-script.ts';
import { testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';

type Side = 'left' | 'right';

const random = randomBytes(4).toString('hex');
const names = { role: `r1_${random}`, other: `r2_${random}` };
const older = 15;
const newer = 18;
const both = [older, newer] as const;
/** What PostgreSQL 15 has too. */
const known = <T extends Probe | SamePair>(probes: readonly T[]) =>
  probes.map((probe, index) => ({ ...probe, index })).filter((probe) => both.every((major) => canProbe(probe, major, names)));
const { schemas, database } = groupProbes(oneProperty);

/** Makes one side of these probes on each major, and tells what differs by both engines. */
async function compareAcross(probes: readonly (Probe | SamePair)[], [left, right]: readonly [Side, Side]): Promise<readonly SchemaDifference[]> {
  const made = probes.map((probe) => (both.every((major) => canProbe(probe, major, names)) ? probe : { ...probe, both: '', left: '', right: '' }));
  return await withDatabase(older, writeProbeScript(made, left, older, names), (source) =>
    withDatabase(newer, writeProbeScript(made, right, older, names), async (clone) => {
      const differences = await compareWhole(source, clone);
      for (const side of [source, clone]) await ask(side, dropSubscriptions);
      return differences.filter((difference) => difference.class !== 'deparse-only');
    }),
  );
}

async function compareWhole(source: Address, clone: Address): Promise<readonly SchemaDifference[]> {
  const sides = [
    { address: source, label: 'source' },
    { address: clone, label: 'clone' },
  ] as const;
  const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...clone, database: 'postgres' }) });
  if (!compared.ok) throw new Error(compared.failure.message);
  return compared.value.differences;
}

beforeAll(async () => {
  for (const major of both) await ask(testServer(major), `create role ${names.role}; create role ${names.other}`);
});
afterAll(async () => {
  for (const major of both) await ask(testServer(major), `drop role ${names.role}; drop role ${names.other}`);
});

const ofProbe = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(object.name));
const told = (difference: SchemaDifference) => [difference.class, difference.object.kind, difference.how === 'changed' ? difference.property : difference.how];
const asTold = ([severity, kind, what]: Expectation) => [severity, kind, expect.stringMatching(new RegExp(`^${what}`))];
/** Each major brings its own. */
const isVersion = ({ object, property }: SchemaDifference) => object.kind === 'extension' && property === 'version';

describe.each(['left', 'right'] as const)('what is the same on PostgreSQL 15 and 18 is equal: the %s side of every probe', (side) => {
  test('of schemas', async () => expect(await compareAcross(schemas, [side, side])).toEqual([]));
  test('of databases', async () => {
    expect((await compareAcross(database, [side, side])).filter((difference) => !isVersion(difference))).toEqual([]);
  });
  test('of what must be the same', async () => expect(await compareAcross(samePairs, [side, side])).toEqual([]));
});

describe('what differs is found from PostgreSQL 15 to 18', () => {
  let found: readonly SchemaDifference[];
  beforeAll(async () => {
    found = await compareAcross(schemas, ['left', 'right']);
  });
  test.each(known(schemas))('$name', ({ expect: wanted, also = [], index }) => {
    const all = [wanted, ...also].map(asTold);
    const here = ofProbe(found, index).map(told);
    expect(here).toEqual(expect.arrayContaining(all));
    expect(here).toHaveLength(all.length);
  });
  test('of databases', async () => {
    const expected = known(database).flatMap(({ expect: wanted, also = [] }) => [wanted, ...also].map(asTold));
    const here = (await compareAcross(database, ['left', 'right'])).map(told);
    expect(here).toEqual(expect.arrayContaining(expected));
  });
});
