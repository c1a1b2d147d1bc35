import type { SyncDatabase, SyncStaging } from '../../config/settings/sync.ts';
import { failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SyncSide } from '../../core/sync.ts';
import { openPlace } from '../cloud/open-place.ts';
import type { OpenStaging } from './open-sides.ts';
import { readIdentity, type ServerIdentity } from './read-identity.ts';

export interface ProvenSides {
  readonly production: SyncSide;
  readonly staging: SyncSide;
  readonly stagingIdentity: ServerIdentity;
}

interface Sides {
  readonly production: LiveSource;
  readonly staging: OpenStaging;
  readonly settings: { readonly production: SyncDatabase; readonly staging: SyncStaging };
  readonly folder: string;
}

/**
 * Proves, before anything is changed, that production is production and staging is staging: each is the database that is configured, staging has our stamp or is
 * named by its system identifier, and it is neither production nor its primary or replica.
 *
 * @param needsStamp false while the stamp is being made
 */
export async function proveSides(context: Context, sides: Sides, needsStamp = true): Promise<Result<ProvenSides>> {
  const { production, staging, settings } = sides;
  try {
    const there = await readIdentity(production.session);
    const here = await readIdentity(staging.session);
    const problem =
      wrongIdentity('production', production.facts.label, there, settings.production.identity) ??
      wrongIdentity('staging', staging.label, here, settings.staging.identity) ??
      swapped(production.facts.label, there) ??
      unwritable(staging.label, here);
    if (problem !== undefined) return fail(problem);
    const named = proofOfStaging(here, settings.staging);
    if (named === undefined && needsStamp) return fail(unproven(staging.label, here));
    const apart = await proveApart(context, sides, there, here, needsStamp);
    if (!apart.ok) return apart;
    const side = (label: string, identity: ServerIdentity, proof: readonly string[]): SyncSide => ({
      address: label,
      serverVersion: identity.serverVersion,
      proof,
      ...(identity.systemIdentifier === undefined ? {} : { systemIdentifier: identity.systemIdentifier }),
    });
    return ok({
      production: side(production.facts.label, there, identityProof(settings.production)),
      staging: side(staging.label, here, [...(named === undefined ? [] : [named]), ...apart.value]),
      stagingIdentity: here,
    });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('staging-unproven', `What the two sides are could not be read: ${error.fields.message}.`, { sql: error.fields }));
  }
}

function wrongIdentity(side: string, label: string, found: ServerIdentity, wanted: SyncDatabase['identity']) {
  const wrong = (what: string, is: string, should: string) =>
    failure('sync-wrong-side', `The ${what} of ${side} (${label}) is ${is}, and ${should} is configured.`, { object: label });
  if (wanted?.database !== undefined && wanted.database !== found.database) return wrong('database', found.database, wanted.database);
  if (wanted?.systemIdentifier !== undefined && wanted.systemIdentifier !== found.systemIdentifier)
    return wrong('system identifier', found.systemIdentifier ?? 'hidden from this role', wanted.systemIdentifier);
  return undefined;
}

/** Somebody said of it that it is staging: the sides may be the wrong way round. */
function swapped(label: string, found: ServerIdentity) {
  if (found.stamp === undefined || found.stamp !== found.own) return undefined;
  return failure('sync-wrong-side', `sync.production (${label}) has the stamp of a staging database.`, { object: label });
}

/** Somebody who made a database read-only meant it: that is not for us to switch off. */
function unwritable(label: string, { isStandby, isReadOnly }: ServerIdentity) {
  if (isStandby)
    return failure('staging-unproven', `Staging (${label}) is a standby, which takes no rows.`, { object: label, cure: 'Name the primary of staging.' });
  if (!isReadOnly) return undefined;
  return failure('staging-unproven', `Staging (${label}) is set read-only for this role: default_transaction_read_only is on.`, {
    object: label,
    cure: 'Switch it off for the role that syncs: alter role … in database … set default_transaction_read_only = off.',
  });
}

function proofOfStaging(found: ServerIdentity, { identity }: SyncStaging): string | undefined {
  if (found.stamp !== undefined && found.stamp === found.own) return 'It has our stamp, made for this very database.';
  if (identity?.database !== undefined && identity.systemIdentifier !== undefined)
    return 'Its database and system identifier are those that are configured as staging.';
  return undefined;
}

function unproven(label: string, { stamp, systemIdentifier, database }: ServerIdentity) {
  const other = stamp === undefined ? 'has no stamp' : 'has the stamp of another database, as after a restore';
  const identity = systemIdentifier === undefined ? '' : `; its database is ${database}, its system identifier ${systemIdentifier}`;
  return failure('staging-unproven', `Staging (${label}) ${other}, and isn’t named by its identity${identity}.`, { object: label });
}

function identityProof({ identity }: SyncDatabase): readonly string[] {
  if (identity === undefined) return [];
  const named = [identity.host && 'host', identity.database && 'database', identity.systemIdentifier && 'system identifier'].filter((one) => one);
  return named.length === 0 ? [] : [`As configured: ${named.join(', ')}.`];
}

/** Never production, nor its replica or primary. */
async function proveApart(
  context: Context,
  sides: Sides,
  there: ServerIdentity,
  here: ServerIdentity,
  needsStamp: boolean,
): Promise<Result<readonly string[]>> {
  const { production, staging, settings } = sides;
  const isKin = there.systemIdentifier === undefined || here.systemIdentifier === undefined || there.systemIdentifier === here.systemIdentifier;
  const kinship = await context.edge.postgres.isSameServer(production.address, staging.address, context.signal);
  // Another system identifier is another cluster, whatever the list of sessions may hide.
  if (!kinship.ok) return isKin ? kinship : ok(['Its system identifier is another one than production’s.']);
  if (kinship.value === 'same-database') return refused(staging.label, 'leads to production’s very database');
  if (kinship.value === 'same-server') {
    const allowed = settings.staging.allowProductionServer;
    const isStamped = here.stamp !== undefined && here.stamp === here.own;
    if (allowed === undefined || (needsStamp && !isStamped))
      return refused(
        staging.label,
        'is on production’s own server',
        'Use a server of its own; or stamp it, and allow that in sync.staging.allowProductionServer.',
      );
    return ok([`Another database on production’s own server, allowed: ${allowed.reason}`]);
  }
  if (!isKin) return ok(['A session on it was not seen on production’s server, and its system identifier is another one.']);
  return await proveCopy(context, sides, there);
}

/** The same system identifier on another server: a physical copy, or production's own primary or replica. Two that both take writes are none of each other's. */
async function proveCopy(context: Context, { staging, settings, folder }: Sides, there: ServerIdentity): Promise<Result<readonly string[]>> {
  const why = there.systemIdentifier === undefined ? 'can’t be told from production by its system identifier' : 'has production’s system identifier';
  const allowed = settings.staging.allowPhysicalCopy;
  if (allowed === undefined)
    return refused(
      staging.label,
      `${why}: it is its primary, its replica or a copy of its files`,
      'Where it was made from production’s files, say so in sync.staging.allowPhysicalCopy.',
    );
  const attested = `A copy of production’s files, allowed: ${allowed.reason}`;
  if (!there.isStandby) return ok(['Production and staging both take writes, and a session on staging was not seen on production’s server.', attested]);
  const { primary } = settings.production;
  if (primary === undefined)
    return refused(
      staging.label,
      `${why}, and production is read from a standby, whose primary it may be`,
      'Name production’s primary in sync.production.primary: it is only asked whether staging is it.',
    );
  const opened = await openPlace(context, primary, folder, 'sync.production.primary');
  if (!opened.ok) return opened;
  await using way = opened.value;
  const connected = await context.edge.postgres.connect(way.address, {
    applicationName: 'pgrehearse sync',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 },
  });
  if (!connected.ok) return connected;
  await using session = connected.value;
  const identity = await readIdentity(session);
  if (identity.isStandby || identity.systemIdentifier !== there.systemIdentifier || there.systemIdentifier === undefined)
    return refused(way.label, 'is named as production’s primary, and is not', 'Correct sync.production.primary.');
  const same = await context.edge.postgres.isSameServer(way.address, staging.address, context.signal);
  if (!same.ok) return same;
  if (same.value !== 'different') return refused(staging.label, 'is production’s primary');
  return ok(['A session on staging was seen neither on production’s standby nor on its primary.', attested]);
}

function refused(label: string, what: string, cure = 'Name staging in sync.staging; nothing was changed.'): Result<never> {
  return fail(failure('target-is-source', `Staging (${label}) ${what}; nothing was changed there.`, { object: label, cure }));
}
