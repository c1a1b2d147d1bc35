import type { Settings } from '../../config/schema.ts';
import { type Failure, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { openPlace } from '../cloud/open-place.ts';
import { proveNotProduction } from '../source/prove-not-production.ts';

/** Whose copy is it, and does it follow something else? */
const identityQuery = `
  select (select c.system_identifier::text from pg_catalog.pg_control_system() c) as "identifier", pg_catalog.pg_is_in_recovery() as "follows"`;

interface Identity {
  readonly identifier: string;
  readonly follows: boolean;
}

/**
 * Whether a server that is about to be migrated may be. One that was restored for us is: its name stands in our ledger, it has our tags, and only this process knows
 * its password. One that somebody attached has to be shown to be another server than production, or its primary: what can't be shown is refused.
 *
 * Fails with `attached-is-production` and `target-not-ours`.
 */
export async function proveOurs(context: Context, settings: Settings, source: LiveSource, folder: string): Promise<Result<void>> {
  if (!('attached' in settings.source)) {
    const lines = await context.ledger.list();
    const isOurs = lines.some(({ kind, label }) => kind === 'throwaway' && label === source.identifier);
    return isOurs ? ok() : fail(notOurs(source.address, 'the ledger doesn’t say that we restored it'));
  }
  const { address } = source;
  const unknown = await proveNotProduction(context, settings, address, folder);
  if (!unknown.ok) return unknown;
  if (unknown.value !== undefined) return fail(notOurs(address, `not known: ${unknown.value}`));
  const [place, what] =
    settings.preflight.source === undefined ? [settings.runbook.production, 'runbook.production'] : [settings.preflight.source, 'preflight.source'];
  if (place === undefined) throw new Error('production was asked without a place');
  const opened = await openPlace(context, place, folder, what);
  if (!opened.ok) return opened;
  await using way = opened.value;
  const [production, clone] = [await identityOf(context, way.address), await identityOf(context, address)];
  if (!production.ok) return production;
  if (!clone.ok) return clone;
  if (clone.value.follows) return fail(notOurs(address, 'it is a standby, which nobody can migrate'));
  // A standby doesn't list its primary's sessions, and a copy has the same identifier as a primary: nothing tells these two apart.
  if (production.value.follows && production.value.identifier === clone.value.identifier)
    return fail(notOurs(address, `${what} leads to a standby, whose primary can’t be told from a copy of it: name production’s primary there`));
  return ok();
}

async function identityOf(context: Context, address: Address): Promise<Result<Identity>> {
  const readOnly = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 };
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal, readOnly });
  if (!connected.ok) return connected;
  await using session: Session = connected.value;
  try {
    const [identity] = await session.query<Identity>(identityQuery);
    return identity === undefined ? fail(notOurs(address, 'it tells no identity')) : ok(identity);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(notOurs(address, `it can’t be shown that it isn’t production: ${error.fields.message}`));
  }
}

function notOurs(address: Address, why: string): Failure {
  return failure('target-not-ours', `${showAddress(address)} is not migrated in place: ${why}. Nothing was changed there.`, { object: showAddress(address) });
}
