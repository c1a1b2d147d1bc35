import { FailureError, failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { compareSchemas } from '../compare-schemas.ts';
import { oneProperty } from '../probes/one-property.ts';
import type { Expectation, Probe, SamePair } from '../probes/probe.ts';
import { samePairs as allSamePairs } from '../probes/same-pairs.ts';
import { groupProbes, probeSchema } from '../probes/write-script.ts';
import { type Made, makeProbes, type Possible } from './make-probes.ts';
import { dropForgotten, onServer, selfTestName, withPair } from './probe-pair.ts';
import type { SelfTestScore, Told } from './self-test-score.ts';

export interface SelfTestOptions {
  /** As for a comparison. */
  readonly scratch: () => Promise<Result<Address>>;
  /** All that are known, unless given. */
  readonly probes?: readonly Probe[];
  readonly samePairs?: readonly SamePair[];
}

/**
 * Tries the comparison on somebody's own server: in pairs of databases of our own it makes every difference that we know, one at a time, and every two ways
 * to the same schema, and looks whether they are told right. No database that is there already is touched; ours, and our roles, are dropped at the end.
 *
 * Fails with `privileges-missing` where the role may not make databases, and with `compare-failed` where a comparison could not be completed.
 */
export async function selfTest(context: Context, server: Address, options: SelfTestOptions): Promise<Result<SelfTestScore>> {
  try {
    return await onServer(context, server, async (session) => {
      const [me] = await session.query<{ version: string; makes: boolean; roles: boolean; superuser: boolean }>(
        `select pg_catalog.current_setting('server_version') as version, r.rolcreatedb or r.rolsuper as makes, r.rolcreaterole or r.rolsuper as roles,
                r.rolsuper as superuser
           from pg_catalog.pg_roles r where r.rolname = current_user`,
      );
      if (me?.makes !== true) {
        return fail(
          failure('privileges-missing', `${server.user} may not make databases on ${showAddress(server)}.`, {
            object: server.user,
            cure: 'Name a role with CREATEDB, better a superuser: what a role may not make is not tried.',
          }),
        );
      }
      await dropForgotten(context, session);
      const shown = `PostgreSQL ${me.version.split(' ')[0]} at ${showAddress(server)}`;
      return await withRoles(context, session, me, async (roles) => await runProbes(context, server, shown, await possible(session, roles), options));
    });
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

async function possible(session: Session, roles: readonly [string, string] | undefined): Promise<Possible> {
  const extensions = await session.query<{ name: string }>('select name::text as name from pg_catalog.pg_available_extensions order by 1');
  return { major: Math.floor(session.serverVersionNum / 10_000), extensions: new Set(extensions.map(({ name }) => name)), ...(roles && { roles }) };
}

/** Two roles of our own, where the login may make any. */
async function withRoles<T>(
  context: Context,
  session: Session,
  me: { readonly roles: boolean; readonly superuser: boolean },
  use: (roles: readonly [string, string] | undefined) => Promise<Result<T>>,
): Promise<Result<T>> {
  if (!me.roles) return await use(undefined);
  const roles = [selfTestName(context, 'role'), selfTestName(context, 'role')] as const;
  try {
    for (const role of roles) {
      await session.execute(`create role ${role} nologin`);
      // To make somebody the owner of something, one has to be a member.
      if (!me.superuser) await session.execute(`grant ${role} to current_user`);
    }
    return await use(roles);
  } finally {
    const calm = { ...context, signal: new AbortController().signal };
    await onServer(calm, session.address, async (last) => {
      for (const role of roles) await last.execute(`drop role if exists ${role}`);
      return ok();
    });
  }
}

async function runProbes(context: Context, server: Address, shown: string, what: Possible, options: SelfTestOptions): Promise<Result<SelfTestScore>> {
  const { schemas, database } = groupProbes(options.probes ?? oneProperty);
  const groups = [schemas, database, options.samePairs ?? allSamePairs] as const;
  const compared: Compared<Probe | SamePair>[] = [];
  for (const probes of groups) {
    const one = await comparePair<Probe | SamePair>(context, server, probes, what, options);
    if (!one.ok) return one;
    compared.push(one.value);
  }
  const [ofSchemas, ofDatabase, ofSame] = compared as [Compared<Probe>, Compared<Probe>, Compared<SamePair>];
  return ok(score(shown, ofSchemas, ofDatabase, ofSame));
}

interface Compared<P> extends Made<P> {
  readonly differences: readonly SchemaDifference[];
}

async function comparePair<P extends Probe | SamePair>(
  context: Context,
  server: Address,
  probes: readonly P[],
  what: Possible,
  { scratch }: SelfTestOptions,
): Promise<Result<Compared<P>>> {
  if (probes.length === 0) return ok({ run: [], notRun: [], differences: [] });
  return await withPair(context, server, async (left, right) => {
    const made = await onServer(context, left, async (one) => await onServer(context, right, async (other) => ok(await makeProbes(one, other, probes, what))));
    if (!made.ok) return made;
    const sides = [
      { address: left, label: 'left' },
      { address: right, label: 'right' },
    ] as const;
    const whole = await compareSchemas(context, ...sides, { exclude: [], scratch });
    return whole.ok ? ok({ ...made.value, differences: whole.value.differences }) : whole;
  });
}

function score(server: string, ofSchemas: Compared<Probe>, ofDatabase: Compared<Probe>, ofSame: Compared<SamePair>): SelfTestScore {
  const missed: SelfTestScore['missed'][number][] = [];
  const wrong: SelfTestScore['wrong'][number][] = [];
  const byKind: Record<string, { run: number; found: number }> = {};
  const count = (probe: Probe, differences: readonly SchemaDifference[]): readonly SchemaDifference[] => {
    const expected = [probe.expect, ...(probe.also ?? [])];
    const { rest, lacking } = match(expected, differences);
    const kind = probe.expect[1];
    byKind[kind] ??= { run: 0, found: 0 };
    byKind[kind].run++;
    if (lacking.length === 0) byKind[kind].found++;
    else missed.push({ probe: probe.name, expected: lacking, told: rest.map(told) });
    return rest;
  };
  const surplus = (probe: string, differences: readonly SchemaDifference[]) => {
    for (const difference of differences) wrong.push({ probe, told: told(difference), object: difference.object.name });
  };

  for (const { probe, index } of ofSchemas.run) surplus(probe.name, count(probe, ofProbe(ofSchemas.differences, index)));
  surplus(
    'of no pair',
    ofSchemas.differences.filter(({ object }) => !/(?<![a-z])s\d{3}(?!\d)/.test(object.name)),
  );
  // The probes of the database itself share its objects: each takes what it expects, and nothing may be left.
  surplus(
    'of the database',
    ofDatabase.run.reduce((differences, { probe }) => count(probe, differences), ofDatabase.differences),
  );

  let equal = 0;
  for (const { probe, index } of ofSame.run) {
    const differences = ofProbe(ofSame.differences, index).filter((difference) => difference.class !== 'deparse-only');
    if (differences.length === 0) equal++;
    surplus(probe.name, differences);
  }
  const run = ofSchemas.run.length + ofDatabase.run.length;
  return {
    server,
    differences: { run, found: run - missed.length },
    same: { run: ofSame.run.length, equal },
    byKind: Object.fromEntries(Object.entries(byKind).sort(([a], [b]) => (a < b ? -1 : 1))),
    missed,
    wrong,
    notRun: [...ofSchemas.notRun, ...ofDatabase.notRun, ...ofSame.notRun],
  };
}

function ofProbe(differences: readonly SchemaDifference[], index: number): readonly SchemaDifference[] {
  const name = new RegExp(`(?<![a-z])${probeSchema(index)}(?!\\d)`);
  return differences.filter(({ object }) => name.test(object.name));
}

/** Takes one difference for each expectation; what is left on either side. */
function match(
  expected: readonly Expectation[],
  differences: readonly SchemaDifference[],
): { rest: readonly SchemaDifference[]; lacking: readonly Expectation[] } {
  const rest = [...differences];
  const lacking = expected.filter(([severity, kind, what]) => {
    const at = rest.findIndex((one) => one.class === severity && one.object.kind === kind && new RegExp(`^${what}`).test(told(one)[2]));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return { rest, lacking };
}

function told(difference: SchemaDifference): Told {
  return [difference.class, difference.object.kind, difference.how === 'changed' ? (difference.property ?? '') : difference.how];
}
