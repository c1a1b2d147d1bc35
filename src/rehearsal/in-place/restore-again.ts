import type { Settings } from '../../config/schema.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { openForFacts } from '../source/open-source.ts';
import { noSecond } from './second-clones.ts';

/** Restores what the first one was restored from once more: the same snapshot by name, or the same point in time. Two instants would make a comparison of nonsense. */
export async function restoreAgain(context: Context, settings: Settings, first: LiveSource, folder: string): Promise<Result<LiveSource>> {
  const source = await sameInstant(context, settings.source, first);
  if (!source.ok) return source;
  // A new snapshot would be of another instant.
  const { freshSnapshot: _, ...cloud } = context.cloud ?? {};
  const opened = await openForFacts({ ...context, cloud }, { ...settings, source: source.value }, folder);
  return opened.ok && opened.value.kind !== 'live' ? noSecond('the source is a dump', 'Leave `target` out.') : (opened as Result<LiveSource>);
}

async function sameInstant(context: Context, source: Settings['source'], first: LiveSource): Promise<Result<Settings['source']>> {
  const line = (await context.ledger.list()).find(({ kind, label }) => kind === 'throwaway' && label === first.identifier);
  if ('rds' in source) {
    const identifier = line?.facts.snapshot;
    if (typeof identifier !== 'string') return noSecond('the ledger doesn’t say of which snapshot the first server is', 'Run again.');
    return ok({ rds: { ...source.rds, snapshot: { ...source.rds.snapshot, identifier, take: false } } });
  }
  return ok(source);
}
