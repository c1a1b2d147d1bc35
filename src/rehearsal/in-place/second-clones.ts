import type { Settings } from '../../config/schema.ts';
import { failure } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openForFacts } from '../source/open-source.ts';
import { inPlaceOf } from './is-in-place.ts';

/**
 * Makes another server of the very instant that the first one showed before it was migrated.
 *
 * Fails with `no-second-clone` where the team doesn't want that or none can be had, and with what restoring fails with.
 */
export async function openSecond(context: Context, settings: Settings, first: LiveSource, folder: string): Promise<Result<LiveSource>> {
  const wanted = inPlaceOf(settings)?.secondClones;
  if (wanted !== 'restore') return none('target.throwaway.secondClones is "none"', 'Set it to "restore", which makes another server in the cloud for each.');
  const source = await sameInstant(context, settings.source, first);
  if (!source.ok) return source;
  // A new snapshot would be of another instant.
  const { freshSnapshot: _, ...cloud } = context.cloud ?? {};
  const opened = await openForFacts({ ...context, cloud }, { ...settings, source: source.value }, folder);
  return opened.ok && opened.value.kind !== 'live' ? none('the source is a dump', 'Leave `target` out.') : (opened as Result<LiveSource>);
}

async function sameInstant(context: Context, source: Settings['source'], first: LiveSource): Promise<Result<Settings['source']>> {
  const line = (await context.ledger.list()).find(({ kind, label }) => kind === 'throwaway' && label === first.identifier);
  if ('rds' in source) {
    const identifier = line?.facts.snapshot;
    if (typeof identifier !== 'string') return none('the ledger doesn’t say of which snapshot the first server is', 'Run again.');
    return ok({ rds: { ...source.rds, snapshot: { ...source.rds.snapshot, identifier, take: false } } });
  }
  if ('azure' in source && source.azure.pointInTime === undefined)
    return none('two restores to the latest moment are not of one instant', 'Set source.azure.pointInTime.');
  if ('azure' in source) return ok(source);
  if ('aurora' in source && source.aurora.snapshot?.identifier !== undefined) return ok(source);
  if ('aurora' in source) return none('two clones of a cluster that goes on are not of one instant', 'Name one snapshot in source.aurora.snapshot.identifier.');
  return none('an attached clone is the only one that there is', 'Have another clone made, or leave `target` out.');
}

function none(why: string, cure: string): Result<never> {
  return fail(failure('no-second-clone', `It takes another clone of the same instant, and in place there is none: ${why}.`, { cure }));
}
