import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../../test/support/databases.ts';
import { testContext } from '../../../../test/support/test-context.ts';
import { ok } from '../../../core/result.ts';
import type { SchemaDifference } from '../../../core/schema-difference.ts';
import type { Address } from '../../../core/server.ts';
import type { ComparedSchemas } from '../../compare/compared-schemas.ts';
import { compareSchemas } from '../../compare-schemas.ts';
import { oneProperty } from '../../probes/one-property.ts';
import type { Probe } from '../../probes/probe.ts';
import { probeSchema, writeProbe } from '../../probes/write-script.ts';
import { adviseSchema } from './advise-schema.ts';

const random = randomBytes(4).toString('hex');
const names = { role: `r1_${random}`, other: `r2_${random}` };

async function compare(left: Address, right: Address): Promise<ComparedSchemas> {
  const sides = [
    { address: left, label: 'left' },
    { address: right, label: 'right' },
  ] as const;
  const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...right, database: 'postgres' }) });
  if (!compared.ok) throw new Error(compared.failure.message);
  return compared.value;
}

const isOf = ({ object, property }: SchemaDifference, index: number) =>
  new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`).test(
    object.kind === 'default privileges' ? object.name : `${object.name} ${property?.startsWith('table ') ? property : ''}`,
  );

/** Runs each statement for itself, so that one that fails doesn't hide the others; what failed. */
async function runAll(address: Address, statements: readonly string[]): Promise<readonly string[]> {
  const client = new pg.Client({ host: address.host, port: address.port, user: address.user, database: address.database });
  await client.connect();
  const failed: string[] = [];
  try {
    await client.query("set search_path = ''; set check_function_bodies = off");
    for (const statement of statements) await client.query(statement).catch((error: Error) => failed.push(`${statement}: ${error.message}`));
  } finally {
    await client.end();
  }
  return failed;
}

async function makeProbes(left: Address, right: Address, probes: readonly Probe[], major: Major): Promise<ReadonlySet<Probe>> {
  const [a, b] = [left, right].map(({ host, port, user, database }) => new pg.Client({ host, port, user, database }));
  const made = new Set<Probe>();
  for (const client of [a, b]) await client?.connect();
  for (const [index, probe] of probes.entries()) {
    if ((probe.since ?? 0) > major) continue;
    try {
      await a?.query(writeProbe(probe, 'left', probeSchema(index), names));
      await b?.query(writeProbe(probe, 'right', probeSchema(index), names));
      made.add(probe);
    } catch (error) {
      console.log(`NOT MADE ${probe.name}: ${(error as Error).message}`);
    }
  }
  for (const client of [a, b]) await client?.end();
  return made;
}

describe.each([15, 18] as const)('on PostgreSQL %i', (major: Major) => {
  beforeAll(async () => {
    await withDatabase(major, `create role ${names.role}; create role ${names.other}`, async () => {});
  });
  afterAll(async () => {
    await withDatabase(major, `drop role ${names.role}; drop role ${names.other}`, async () => {});
  });

  test.each(['left', 'right'] as const)('advice that is given for the %s side makes it like the other', async (side) => {
    const probes = oneProperty.filter((probe) => probe.place === undefined && probe.extension === undefined);
    await withDatabase(major, '', (left) =>
      withDatabase(major, '', async (right) => {
        const made = await makeProbes(left, right, probes, major);
        const before = await compare(left, right);
        const objects = before.objects?.();
        if (objects === undefined) throw new Error('no objects');
        const advice = adviseSchema(before.differences, objects, side, major);
        const failed = await runAll(
          side === 'left' ? left : right,
          advice.steps.map(({ sql }) => sql),
        );
        const after = await compare(left, right);
        const here = probes.map((probe, index) => ({ probe, index })).filter(({ probe }) => made.has(probe));
        const cured = here.filter(({ index }) => !after.differences.some((one) => isOf(one, index) && one.class !== 'deparse-only'));
        const uncured = here
          .filter((one) => !cured.includes(one))
          .map(({ probe, index }) => {
            const stayed = after.differences.filter((one) => isOf(one, index));
            const given = before.differences.filter((one) => isOf(one, index)).flatMap((one) => advice.each.get(one)?.statements ?? []);
            return `${probe.name}: ${stayed.map((one) => `${one.object.kind} ${one.property} [${one.left}] [${one.right}]`).join('; ')} << ${given.join(' ;; ')}`;
          });
        console.log(`advice cures ${cured.length} of ${here.length} probes on ${major}, ${side}; failed ${failed.length}`);
        console.log(uncured.join('\n'));
        console.log('FAILED\n' + failed.join('\n'));
      }),
    );
    expect(1).toBe(1);
  });
});
