import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { proveDump, removeDumpFiles } from './dump-folder.ts';
import { removeResource } from './remove-resource.ts';
import { removeMarker } from './resource-folder.ts';

/**
 * Removes a dump of the ledger: an unfinished one by its mark, a finished one by its manifest, which must be unaltered and name this line. Of a
 * finished dump exactly its own files go. One that isn't where it was made any more is only forgotten: whoever moved it knows where it is.
 */
export async function removeDump(context: Context, found: Resource): Promise<Result<void>> {
  const resource = await settleDump(context, found);
  // What looked like an orphan is a whole dump.
  if (resource.kept && !found.kept) return ok();
  if (!resource.kept || isUnfinished(resource)) return await removeResource(context, resource);
  const folder = String(resource.facts.folder);
  try {
    const proven = await proveDump(folder);
    if (proven === 'stranger' || (proven !== 'gone' && proven.id !== resource.id)) {
      return fail(notRemoved(context, resource, `${folder} does not prove that it is this dump: its manifest is missing, altered or another one’s`));
    }
    if (proven !== 'gone') await removeDumpFiles(proven);
    await context.ledger.forget(resource.id);
    context.emit({ type: 'resource', what: 'removed', resource });
    return ok();
  } catch (error) {
    return fail(notRemoved(context, resource, error instanceof Error ? error.message : String(error)));
  }
}

/** Why a kept dump can't be where the ledger says; undefined when it is there, or was never finished. */
export async function missingDump({ kind, kept, label, facts }: Resource): Promise<string | undefined> {
  const folder = String(facts.folder);
  if (kind !== 'dump' || !kept || (await proveDump(folder)) !== 'gone') return undefined;
  return `The dump ${label} is not where it was made any more: moved or removed by somebody. It is not kept track of from now on.`;
}

/**
 * The line of a dump as it is to be. One that got its name before its maker was killed is whole, though its line doesn't say so: it is kept as long
 * as it was to be, and is kept track of by its name.
 */
export async function settleDump(context: Context, resource: Resource): Promise<Resource> {
  const { id, kind, facts } = resource;
  if (kind !== 'dump' || typeof facts.becomes !== 'string') return resource;
  const proven = await proveDump(facts.becomes);
  if (typeof proven === 'string' || proven.id !== id) return resource;
  if (facts.folder === facts.becomes) {
    // Its maker was killed right before it took the mark away.
    await removeMarker(facts.becomes);
    return resource;
  }
  const { expiresAt } = JSON.parse(await readFile(join(facts.becomes, 'manifest.json'), 'utf8')) as { expiresAt?: string };
  const settled = await context.ledger.amend(id, {
    kept: true,
    label: `${basename(facts.becomes)} in ${dirname(facts.becomes)}`,
    facts: { folder: facts.becomes },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  await removeMarker(facts.becomes);
  return settled;
}

function isUnfinished({ facts }: Resource): boolean {
  return /^\..+\.partial$/.test(basename(String(facts.folder)));
}

function notRemoved(context: Context, resource: Resource, problem: string) {
  const cause = failure('cleanup-failed', `${resource.label} (${resource.id}) could not be removed: ${problem}`, {
    object: resource.id,
    cure: 'Look at the folder; `pgrehearse drop --dump` removes a dump that is whole, anything else is yours to remove.',
  });
  context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
  return cause;
}
