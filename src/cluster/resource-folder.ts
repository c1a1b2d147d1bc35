import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource, ResourceKind } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** Says whose a folder is. Nothing is ever removed from a folder without it. */
const markerName = 'pgrehearse-resource.json';

export interface ResourceFolder {
  readonly resource: Resource;
  readonly folder: string;
}

/**
 * Writes the ledger line, then makes the folder `home.data/<kind>-<random>` with its marker.
 * Fails with `disk-short` or `home-unsafe`.
 *
 * It is an orphan until its maker is done, whatever the caller wants to keep later: half a clone is of no use to anybody.
 */
export async function makeResourceFolder(
  context: Context,
  what: { readonly kind: ResourceKind; readonly label: string; readonly facts?: Resource['facts'] },
): Promise<Result<ResourceFolder>> {
  const folder = join(context.home.data, `${what.kind}-${randomBytes(6).toString('hex')}`);
  const resource = await context.ledger.plan({
    kind: what.kind,
    label: what.label,
    facts: { ...what.facts, folder },
    ...(context.runId === undefined ? {} : { runId: context.runId }),
  });
  context.emit({ type: 'resource', what: 'planned', resource });
  // As root, the servers' own user passes through on its way to the data folder; the umask may not have a say in it.
  const mode = context.edge.system.uid === 0 ? 0o711 : 0o700;
  try {
    await makeIn(context.home.data, folder, mode, context.edge.system.uid);
    await chmod(folder, mode);
    await writeFile(join(folder, markerName), JSON.stringify({ id: resource.id }), { mode: 0o600 });
    return ok({ resource, folder });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    await context.ledger.forget(resource.id);
    const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk-short' : 'home-unsafe';
    return fail(failure(code, `${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}`, { object: folder }));
  }
}

/** Another run that ends takes `home.data` away whenever it is empty: between any two steps, so once more from the start then. */
async function makeIn(data: string, folder: string, mode: number, uid: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(folder);
      // From here on it isn't empty and stays. Somebody else could have made one of the same name while there was none.
      await checkOwn(data, uid);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 1000) throw error;
    }
    await mkdir(data, { mode }).catch(unless('EEXIST'));
    await checkOwn(data, uid, mode).catch(unless('ENOENT'));
  }
}

/** Proves by the folder itself, not by its name, that it is ours alone to change, and sets the mode that the umask may have cut. */
async function checkOwn(data: string, uid: number, mode?: number): Promise<void> {
  await using handle = await open(data, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const found = await handle.stat();
  if (found.uid !== uid || (found.mode & 0o022) !== 0) throw new Error(`${data} is not ours alone`);
  if (mode !== undefined && (found.mode & 0o777) !== mode) await handle.chmod(mode);
}

function unless(code: string): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== code) throw error;
  };
}

/** The resource id in a folder's marker; undefined where there is none. */
export async function readMarker(folder: string): Promise<string | undefined> {
  try {
    const { id } = JSON.parse(await readFile(join(folder, markerName), 'utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

export async function removeMarker(folder: string): Promise<void> {
  await rm(join(folder, markerName), { force: true });
}

export function isMarker(name: string): boolean {
  return name === markerName;
}
