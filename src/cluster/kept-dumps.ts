import { basename, resolve } from 'node:path';
import { closestName } from '../core/closest-name.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type ProvenDump, proveDump, removeDumpFiles } from './dump-folder.ts';
import { removeDump } from './remove-dump.ts';

/** A dump as the ledger knows it; `gone`: it is not where it was made any more. */
export interface KnownDump {
  readonly resource: Resource;
  readonly name: string;
  readonly folder: string;
  readonly state: 'whole' | 'unfinished' | 'gone';
}

/** Dumps that were made on this machine and are kept, oldest first; unfinished ones that can be gone on with too. */
export async function listDumps(context: Context): Promise<readonly KnownDump[]> {
  const lines = (await context.ledger.list()).filter(({ kind, kept }) => kind === 'dump' && kept);
  return await Promise.all(
    lines.map(async (resource) => {
      const folder = String(resource.facts.folder);
      const unfinished = /^\.(.+)\.partial$/.exec(basename(folder))?.[1];
      const state = unfinished !== undefined ? 'unfinished' : (await proveDump(folder)) === 'gone' ? 'gone' : 'whole';
      return { resource, name: unfinished ?? basename(folder), folder, state };
    }),
  );
}

/** What `drop --dump` is going to remove: a dump of the ledger, or a folder that proves by itself that it is one of ours. */
export type DumpToDrop = { readonly known: KnownDump } | { readonly proven: ProvenDump };

/**
 * Finds a dump by its folder, its name or its id. Fails with `dump-not-found`, with the name that was probably meant, and with `target-not-ours`
 * for a folder that doesn't prove that it is a dump of ours.
 *
 * @param folder from which a relative path goes.
 */
export async function findKeptDump(context: Context, name: string, folder: string): Promise<Result<DumpToDrop>> {
  const path = resolve(folder, name);
  const dumps = await listDumps(context);
  const found = dumps.filter((dump) => dump.folder === path || dump.resource.id === name || dump.name === name);
  const [first, second] = found;
  if (second !== undefined) {
    const folders = found.map((dump) => dump.folder).join(', ');
    return fail(failure('dump-not-found', `${name} names several dumps: ${folders}.`, { object: name, cure: 'Name one of them by its folder.' }));
  }
  if (first !== undefined) return ok({ known: first });
  const proven = await proveDump(path);
  if (proven === 'stranger')
    return fail(failure('target-not-ours', `${path} does not prove that it is a dump of ours; nothing in it was touched.`, { object: path }));
  if (proven !== 'gone') return ok({ proven });
  const meant = closestName(
    name,
    dumps.map((dump) => dump.name),
  );
  return fail(failure('dump-not-found', `There is no dump ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}.`, { object: name }));
}

/** Removes a dump now: exactly its own files, and its ledger line. Fails with `cleanup-failed`. */
export async function dropDump(context: Context, dump: DumpToDrop): Promise<Result<void>> {
  if ('known' in dump) return await removeDump(context, dump.known.resource);
  try {
    await removeDumpFiles(dump.proven);
    return ok();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(failure('cleanup-failed', `${dump.proven.folder} could not be removed: ${why}`, { object: dump.proven.folder }));
  }
}
