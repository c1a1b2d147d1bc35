import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { endProcesses } from './end-server.ts';
import { makeRemovable } from './make-removable.ts';
import { isMarker, readMarker, removeMarker } from './resource-folder.ts';

/**
 * Removes a server, image, clone, folder or unfinished dump of ours: its processes, then its folder, then its ledger line, so that a stop in between leaves
 * a line from which the rest can be done. Says so as an event, also when it fails (`cleanup-failed`).
 */
export async function removeResource(context: Context, resource: Resource): Promise<Result<void>> {
  const problem = await tryToRemove(context, resource);
  if (problem === undefined) {
    context.emit({ type: 'resource', what: 'removed', resource });
    return ok();
  }
  const cause = failure('cleanup-failed', `${resource.label} (${resource.id}) could not be removed: ${problem}`, { object: resource.id });
  context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
  return fail(cause);
}

/** Removes what a failed step had begun and returns that step's failure, with the removal's own beside it where that failed too. */
export async function removeAfter(context: Context, resource: Resource, cause: Failure): Promise<{ readonly ok: false; readonly failure: Failure }> {
  const removed = await removeResource(context, resource);
  return fail(removed.ok ? cause : { ...cause, problems: [...(cause.problems ?? []), removed.failure] });
}

async function tryToRemove(context: Context, resource: Resource): Promise<string | undefined> {
  const folder = resource.facts.folder;
  if (typeof folder !== 'string') return 'its ledger line names no folder';
  const isPlace = resource.kind === 'dump' ? isUnfinishedDump(folder) : dirname(folder) === context.home.data;
  if (!isPlace) return `${folder} is not where a ${resource.kind} of ours is made`;
  try {
    const state = await ownership(folder, resource.id);
    if (state === 'stranger') return `${folder} has no mark that it is ours`;
    const left = await endProcesses(context.edge.system, resource, folder);
    if (left.length > 0) return `process ${left.join(', ')} does not end`;
    if (state === 'ours') await removeFolder(folder);
    else if (resource.kind === 'dump') await unmarkDump(resource);
    await context.ledger.forget(resource.id);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Dumps are written where the person wants them, so that only the name, and the mark inside, tell an unfinished one. */
function isUnfinishedDump(folder: string): boolean {
  return isAbsolute(folder) && /^\..+\.partial$/.test(basename(folder));
}

/** A dump that got its name was whole: it stays, and only loses the mark that its maker had no time to take away. */
async function unmarkDump({ id, facts }: Resource): Promise<void> {
  if (typeof facts.becomes !== 'string' || (await readMarker(facts.becomes)) !== id) return;
  await removeMarker(facts.becomes);
}

async function ownership(folder: string, id: string): Promise<'gone' | 'ours' | 'stranger'> {
  const found = await lstat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return 'gone';
  if (!found.isDirectory()) return 'stranger';
  if ((await readMarker(folder)) === id) return 'ours';
  // Killed between making the folder and marking it: it is empty, or holds the marker only, cut short.
  const names = await readdir(folder);
  return names.every(isMarker) ? 'ours' : 'stranger';
}

/**
 * Plain files go first, since one of them says that an image is whole. The marker goes last, so that a stop in between leaves a folder that
 * still proves whose it is.
 */
async function removeFolder(folder: string): Promise<void> {
  // Shuts the servers' user out, so that nothing changes below while root deletes.
  await chmod(folder, 0o700);
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !isMarker(name));
  for (const entry of entries.toSorted((a, b) => Number(a.isDirectory()) - Number(b.isDirectory()))) {
    await removeEntry(join(folder, entry.name));
  }
  await rm(folder, { recursive: true, force: true });
}

async function removeEntry(path: string): Promise<void> {
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    await makeRemovable(path);
    await remove();
  }
}
