import type { SyncDatabase, SyncSettings, SyncStaging } from '../../config/settings/sync.ts';
import { settled } from '../../copy/restore/settled.ts';
import { type Failure, FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { choiceOf } from '../../sync/tables/choose-tables.ts';
import { maskTables } from './mask-tables.ts';
import { checkAddress, openProduction, openStaging, type ProvenStaging } from './open-sides.ts';
import { type PlannedSync, planTables, readStaging } from './plan-tables.ts';
import { type ProvenSides, proveSides } from './prove-staging.ts';
import type { SyncRequest } from './sync-request.ts';
import { tableChoice } from './table-choice.ts';

/** Both databases, proven to be what they should be, and what is going to be done. */
export interface OpenTables extends AsyncDisposable {
  readonly production: LiveSource;
  readonly staging: ProvenStaging;
  readonly planned: PlannedSync;
}

/** Both databases, proven to be what they should be. */
export interface OpenSides extends AsyncDisposable {
  readonly production: LiveSource;
  readonly staging: ProvenStaging;
  readonly proven: ProvenSides;
}

/**
 * Opens both databases and proves what they are, before a row is read.
 *
 * @param needsStamp false while the stamp is being made
 */
export async function openSides(context: Context, sync: SyncSettings, folder: string, needsStamp = true): Promise<Result<OpenSides>> {
  const both = databasesOf(sync);
  if (!both.ok) return both;
  const { production: wanted, staging: target } = both.value;
  for (const [side, place] of [['production', wanted] as const, ['staging', target] as const]) {
    const right = checkAddress(context, side, place);
    if (!right.ok) return right;
  }
  const stack = new AsyncDisposableStack();
  const ended = async <T>(result: Result<T>): Promise<Result<never>> => {
    await stack.disposeAsync();
    if (result.ok) throw new Error('ended without a failure');
    return result;
  };
  try {
    const staging = await openStaging(context, target, folder);
    if (!staging.ok) return await ended(staging);
    stack.use(staging.value);
    const production = await openProduction(context, wanted, folder);
    if (!production.ok) return await ended(production);
    stack.use(production.value);
    const proven = await proveSides(context, { production: production.value, staging: staging.value, settings: both.value, folder }, needsStamp);
    if (!proven.ok) return await ended(proven);
    const provenStaging = { ...staging.value, identity: proven.value.stagingIdentity };
    return ok({ production: production.value, staging: provenStaging, proven: proven.value, [Symbol.asyncDispose]: () => stack.disposeAsync() });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function databasesOf({ production, staging }: SyncSettings): Result<{ readonly production: SyncDatabase; readonly staging: SyncStaging }> {
  if (production !== undefined && staging !== undefined) return ok({ production, staging });
  return fail(failure('config-invalid', 'sync names no databases.', { cure: 'Set sync.production and sync.staging, or sync objects only (--only objects).' }));
}

/** Opens, proves and plans; nothing is changed. Fails with what any of that fails with. */
export async function openTables(context: Context, { settings, folder, tables }: SyncRequest, sync: SyncSettings): Promise<Result<OpenTables>> {
  const step = (text: string) => context.emit({ type: 'step', phase: 'preconditions', text });
  step('proving which databases these are');
  const opened = await openSides(context, sync, folder);
  if (!opened.ok) return opened;
  const sides = opened.value;
  const { staging, proven } = sides;
  const refused = async (failed: Failure): Promise<Result<never>> => {
    await sides[Symbol.asyncDispose]();
    return fail(failed);
  };
  try {
    const choice = tableChoice(sync, settings, tables);
    // Each server is asked by itself, so side by side; neither session is given up while it is still being asked.
    const masking = maskTables(context, sides.production, settings.masking, (table) => 'mode' in choiceOf(table, choice));
    const reading = readStaging(staging.session);
    await settled([masking, reading]);
    const masked = await masking;
    if (!masked.ok) return await refused(masked.failure);
    const production = masked.value;
    step('holding both schemas against each other, and trying conversions');
    const planned = await planTables(context, production, { ...staging, ...(await reading) }, proven, { sync, settings, only: tables });
    const [first] = planned.problems;
    if (first !== undefined)
      return await refused(planned.problems.length === 1 ? first : failure('config-invalid', first.message, { problems: planned.problems }));
    return ok({ production, staging, planned, [Symbol.asyncDispose]: () => sides[Symbol.asyncDispose]() });
  } catch (error) {
    if (error instanceof FailureError) return await refused(error.failure);
    if (error instanceof SqlError) return await refused(sourceFailure(error, sides.production.facts.label, 'planning the sync'));
    await sides[Symbol.asyncDispose]();
    throw error;
  }
}
