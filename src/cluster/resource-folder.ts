import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another run that ended may have taken the empty `home.data` away.
      if (error.code !== 'ENOENT') throw error;
      await mkdir(context.home.data, { mode: 0o700 });
      await chmod(context.home.data, mode);
      await mkdir(folder);
    });
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

/** The resource id in a folder's marker; undefined where there is none. */
export async function readMarker(folder: string): Promise<string | undefined> {
  try {
    const { id } = JSON.parse(await readFile(join(folder, markerName), 'utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

export function isMarker(name: string): boolean {
  return name === markerName;
}
