import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect } from 'vitest';
import { ok } from '../../src/core/result.ts';
import type { SchemaDifference } from '../../src/core/schema-difference.ts';
import type { Address } from '../../src/core/server.ts';
import type { ComparedSchemas } from '../../src/schema/compare/compared-schemas.ts';
import { compareSchemas } from '../../src/schema/compare-schemas.ts';
import { adviseSchema } from '../../src/schema/explain/advice/advise-schema.ts';
import { oneProperty } from '../../src/schema/probes/one-property.ts';
import type { Probe } from '../../src/schema/probes/probe.ts';
import { probeSchema, writeProbe } from '../../src/schema/probes/write-script.ts';
import { type Major, withDatabase } from '../support/databases.ts';
import { testContext } from '../support/test-context.ts';

interface Names {
  readonly role: string;
  readonly other: string;
}

/** Roles belong to the whole server, and one that failed keeps its own: each has others. */
function roleNames(): Names {
  const random = randomBytes(4).toString('hex');
  return { role: `r1_${random}`, other: `r2_${random}` };
}

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

async function withClient<T>({ host, port, user, database }: Address, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Runs each statement for itself, so that one that fails doesn't hide what the others cure. */
const runAll = (address: Address, statements: readonly string[]) =>
  withClient(address, async (client) => {
    await client.query("set search_path = ''; set check_function_bodies = off");
    for (const statement of statements) await client.query(statement).catch(() => {});
  });

/** Makes both sides of each probe; which could be made. */
async function makeProbes(left: Address, right: Address, probes: readonly Probe[], major: Major, names: Names): Promise<ReadonlySet<Probe>> {
  const made = new Set<Probe>();
  await withClient(left, (a) =>
    withClient(right, async (b) => {
      for (const [index, probe] of probes.entries()) {
        if ((probe.since ?? 0) > major) continue;
        await a.query(writeProbe(probe, 'left', probeSchema(index), names));
        await b.query(writeProbe(probe, 'right', probeSchema(index), names));
        made.add(probe);
      }
    }),
  );
  return made;
}

/** A database with a subscription can't be dropped. */
const dropSubscriptions = (address: Address) =>
  withClient(address, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I', subname) as name from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())`,
    );
    for (const { name } of rows) {
      await client.query(`alter subscription ${name} disable`);
      await client.query(`alter subscription ${name} set (slot_name = none)`);
      await client.query(`drop subscription ${name}`);
    }
  });

/** Where a statement is right and can't cure the probe all the same: the role of the test may not own such a thing, no provider of labels is loaded, no cast is there. */
const notHere = /^(security label|owner of an event trigger$|owner of a foreign data wrapper$|subscription owner$|column array$|collation version$)/;
/** Made by writing into the catalogs: what no statement makes, none can cure. */
const madeByHand = ({ left = '', right = '' }: Probe) => /\b(update|insert into|delete from) pg_/.test(`${left} ${right}`);

/**
 * Makes the probes in a pair of databases, carries out the advice for one side, and compares again: what has been given a statement must be cured. Prints the
 * score.
 *
 * @param wanted which probes, by their place in the list
 */
export async function cureProbes(major: Major, side: 'left' | 'right', wanted: (index: number) => boolean): Promise<void> {
  const usable = (probe: Probe) => probe.place === undefined && probe.extension === undefined && !/\$space/.test(JSON.stringify(probe));
  const probes = oneProperty.filter(usable).filter((_, index) => wanted(index));
  const names = roleNames();
  await withDatabase(major, `create role ${names.role}; create role ${names.other}`, async () => {});
  await withDatabase(major, '', (left) =>
    withDatabase(major, '', async (right) => {
      const made = await makeProbes(left, right, probes, major, names);
      const before = await compare(left, right);
      const objects = before.objects?.();
      if (objects === undefined) throw new Error('no objects');
      const advice = adviseSchema(before.differences, objects, side, major);
      await runAll(
        side === 'left' ? left : right,
        advice.steps.map(({ sql }) => sql),
      );
      const after = await compare(left, right);
      for (const address of [left, right]) await dropSubscriptions(address);
      const results = probes.flatMap((probe, index) => {
        if (!made.has(probe)) return [];
        const stayed = after.differences.filter((one) => isOf(one, index) && one.class !== 'deparse-only');
        const statements = before.differences.filter((one) => isOf(one, index)).flatMap((one) => advice.each.get(one)?.statements ?? []);
        return [{ name: probe.name, cured: stayed.length === 0, given: statements.length > 0, byHand: madeByHand(probe) }];
      });
      const cured = results.filter((one) => one.cured);
      process.stdout.write(
        `advice cures ${cured.length} of ${results.length} probes on ${major}; for ${results.filter((one) => !one.given).length} it knows no statement\n`,
      );
      expect(results.filter(({ name, cured: well, given, byHand }) => given && !well && !byHand && !notHere.test(name)).map(({ name }) => name)).toEqual([]);
      expect(cured.length / results.length).toBeGreaterThan(0.8);
    }),
  );
  await withDatabase(major, `drop role ${names.role}; drop role ${names.other}`, async () => {});
}
