import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { ok } from '../../../src/core/result.ts';
import type { SchemaDifference } from '../../../src/core/schema-difference.ts';
import type { Address } from '../../../src/core/server.ts';
import { compareSchemas } from '../../../src/schema/compare-schemas.ts';
import { type Major, testServer, withDatabase } from '../../support/databases.ts';
import { ask } from '../../support/own-server.ts';
import { testContext } from '../../support/test-context.ts';
import { type GeneratedSchema, generateSchema, type SchemaPlan, schemaPlans } from './generate-schema.ts';

export interface CheckOptions {
  readonly seed: number;
  /** How many schemas. */
  readonly cases: number;
  /** How many of them one pair of databases holds. */
  readonly batch: number;
}

/** The seed of this run: of `SCHEMA_SEED`, or the usual one, or another each time. */
export function schemaSeed(usual?: number): number {
  return Number(process.env.SCHEMA_SEED ?? usual ?? randomBytes(4).readUInt32BE() & 0x7fffffff);
}

/**
 * Makes random schemas and says what is wrong with how they compare: each must equal its own dump, restored, and differ from it after one mutation, which
 * must be told with its class and kind. A case that fails is made smaller before it is told.
 *
 * @returns what a person has to see; nothing when all is well
 */
export async function checkSchemas(major: Major, { seed, cases, batch }: CheckOptions): Promise<string | undefined> {
  const plans = fc.sample(schemaPlans, { seed, numRuns: cases });
  return await withRoles(major, async (roles) => {
    // One after another: a batch keeps both processors busy.
    for (let from = 0; from < plans.length; from += batch) {
      const wrong = await checkBatch(major, roles, plans.slice(from, from + batch));
      const first = wrong[0];
      if (first === undefined) continue;
      if (process.env.SCHEMA_SHRINK === 'no') return first.text + JSON.stringify(wrong);
      const smaller = await shrink(major, roles, seed, from + first.index);
      return `on PostgreSQL ${major}, SCHEMA_SEED=${seed}, case ${from + first.index} (and ${wrong.length - 1} more of its batch): ${first.text}\n${smaller}`;
    }
    return undefined;
  });
}

/** The smallest schema that fails as this one does, as fast-check tells it. */
async function shrink(major: Major, roles: Roles, seed: number, index: number): Promise<string> {
  const property = fc.asyncProperty(schemaPlans, async (plan) => {
    const [wrong] = await checkBatch(major, roles, [plan]);
    if (wrong !== undefined) throw new Error(wrong.text);
  });
  const found = await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: 30_000 });
  const plan = found.counterexample?.[0];
  if (plan === undefined) return 'Alone it does not fail.';
  const { sql, mutation } = generateSchema(plan, { ...roles, major, schema: 'g000' });
  return `Smallest:\n${sql}\nmutation: ${mutation.sql}\n${found.errorInstance instanceof Error ? found.errorInstance.message : ''}`;
}

interface Wrong {
  readonly index: number;
  readonly text: string;
}
interface Roles {
  readonly role: string;
  readonly other: string;
}

async function checkBatch(major: Major, roles: Roles, plans: readonly SchemaPlan[]): Promise<readonly Wrong[]> {
  const schemas = plans.map((plan, index) => generateSchema(plan, { ...roles, major, schema: schemaOf(index) }));
  return await withDatabase(major, schemas.map(({ sql }) => sql).join(''), (left) =>
    withDatabase(major, '', async (right) => {
      await restore(major, left, right);
      const before = await differencesOf(left, right);
      const wrong = schemas.flatMap((_, index): readonly Wrong[] => {
        const mine = ofSchema(before, index).filter((difference) => difference.class !== 'deparse-only');
        return mine.length === 0 ? [] : [{ index, text: `restored, it differs: ${tell(mine)}` }];
      });
      if (wrong.length > 0) return wrong;
      const strangers = before.filter((difference) => difference.class !== 'deparse-only');
      if (strangers.length > 0) return [{ index: 0, text: `restored, something else differs: ${tell(strangers)}` }];
      for (const { mutation } of schemas) await ask(right, mutation.sql);
      const after = await differencesOf(left, right);
      return schemas.flatMap((schema, index) => judge(schema, index, ofSchema(after, index)));
    }),
  );
}

function judge({ mutation }: GeneratedSchema, index: number, found: readonly SchemaDifference[]): readonly Wrong[] {
  const [severity, kind] = mutation.expect;
  const told = found.some((difference) => difference.class === severity && difference.object.kind === kind);
  const unexplained = found.filter((difference) => difference.class === 'unexplained' || difference.class === 'unstable');
  if (told && unexplained.length === 0) return [];
  return [{ index, text: `after \`${mutation.sql}\` ${severity} ${kind} was expected, and there is: ${tell(found)}` }];
}

const schemaOf = (index: number) => `g${String(index).padStart(3, '0')}`;
const ofSchema = (differences: readonly SchemaDifference[], index: number) =>
  differences.filter(({ object }) => new RegExp(`(?<![a-z])${schemaOf(index)}(?!\\d)`).test(object.name));
const tell = (differences: readonly SchemaDifference[]) =>
  differences.length === 0
    ? 'nothing'
    : differences.map((one) => `\n  ${one.class} ${one.object.kind} ${one.object.name} ${one.property ?? one.how}: ${one.left} | ${one.right}`).join('');

async function differencesOf(left: Address, right: Address): Promise<readonly SchemaDifference[]> {
  const sides = [
    { address: left, label: 'left' },
    { address: right, label: 'right' },
  ] as const;
  const compared = await compareSchemas(testContext(), ...sides, { exclude: [], scratch: async () => ok({ ...right, database: 'postgres' }) });
  if (!compared.ok) throw new Error(compared.failure.message);
  return compared.value.differences;
}

/** By pg_dump's own text, sent as it is; what `pg_dump` without `-s` does at its end is done, too. */
async function restore(major: Major, from: Address, to: Address): Promise<void> {
  const dump = await testContext().edge.postgres.pgDumpFor(major);
  if (!dump.ok) throw new Error(dump.failure.message);
  const text = await dump.value.dumpSchema(from);
  if (!text.ok) throw new Error(text.failure.message);
  await ask(to, text.value.replace(/^\\(un)?restrict .*$/gm, ''));
  const filled = await ask(
    from,
    `select c.oid, format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and c.relispopulated order by c.oid`,
  );
  for (const { name } of filled) await ask(to, `refresh materialized view ${name}`);
}

async function withRoles<T>(major: Major, use: (roles: Roles) => Promise<T>): Promise<T> {
  const suffix = randomBytes(4).toString('hex');
  const roles = { role: `g1_${suffix}`, other: `g2_${suffix}` };
  await ask(testServer(major), `create role ${roles.role}; create role ${roles.other}`);
  const result = await use(roles);
  // A case that failed kept its databases.
  if (result === undefined) await ask(testServer(major), `drop role ${roles.role}; drop role ${roles.other}`);
  return result;
}
