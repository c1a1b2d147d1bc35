import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Image } from '../core/server.ts';
import { methodNamed } from './clone-method/choose-method.ts';
import { removeTargetDatabase } from './external/remove-database.ts';
import { isTargetImage } from './external/target-image.ts';
import { frozenName } from './image.ts';
import { removeResource } from './remove-resource.ts';

/**
 * Removes an image. Clones that share nothing with it stay and live on; where one still reads from it, or is being made of it, the image stays and the
 * failure is `image-in-use`. Removing what is gone already is fine.
 *
 * Safe beside a clone that starts at the same moment: that one writes its ledger line before it looks whether the image is whole, and here the
 * image is marked as gone before the lines are read again. So one of the two sees the other.
 */
export async function removeImage(context: Context, { id }: Pick<Image, 'id'>): Promise<Result<void>> {
  const resource = (await context.ledger.list()).find((line) => line.id === id && (line.kind === 'image' || isTargetImage(line)));
  if (resource === undefined) return ok();
  // Copies of a database are whole by themselves.
  if (isTargetImage(resource)) return await removeTargetDatabase(context, resource);
  const before = await readersOf(context, id);
  if (before.length > 0) return fail(inUse(resource, before));
  const folder = String(resource.facts.folder);
  const [whole, leaving] = [join(folder, frozenName), join(folder, `${frozenName}.leaving`)];
  // An image that was never whole has no such file.
  await rename(whole, leaving).catch(unlessMissing);
  const after = await readersOf(context, id);
  if (after.length > 0) {
    await rename(leaving, whole).catch(unlessMissing);
    return fail(inUse(resource, after));
  }
  return await removeResource(context, resource);
}

/** Clones that read from an image, or are about to. */
export async function readersOf(context: Context, imageId: string): Promise<readonly Resource[]> {
  return (await context.ledger.list()).filter((line) => isReader(line, imageId));
}

/** Until a clone's server is started its line names no method: any may be meant. */
export function isReader({ kind, facts }: Resource, imageId: string): boolean {
  if (kind !== 'clone' || facts.image !== imageId) return false;
  return facts.method === undefined || methodNamed(facts.method).needsImage;
}

function inUse(image: Resource, readers: readonly Resource[]) {
  const names = readers
    .map(({ kept, label, id }) => (kept ? label : id))
    .toSorted()
    .join(', ');
  return failure('image-in-use', `${image.label} (${image.id}) is read by ${readers.length === 1 ? 'the clone' : 'clones'} ${names}`, { object: image.id });
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
