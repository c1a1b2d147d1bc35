import { type Clone, startClone } from '../cluster/clone.ts';
import { listImages } from '../cluster/image.ts';
import { cloneAccess, dropClone, findClone } from '../cluster/kept-clones.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, type Result } from '../core/result.ts';

/**
 * Throws a kept clone away and starts it anew from its image, under the same name, port, database and login: whoever used it goes on as before,
 * with the data as it was.
 *
 * Fails with `clone-not-found`, `image-failed` when the image is gone, and what starting fails with; the clone itself is untouched until the image is found.
 */
export async function resetClone(context: Context, name: string): Promise<Result<Clone>> {
  const found = await findClone(context, name);
  if (!found.ok) return found;
  const { resource, port, database } = found.value;
  const image = (await listImages(context)).find((candidate) => candidate.image.id === resource.facts.image)?.image;
  if (image === undefined) {
    return fail(failure('image-failed', `The image that ${name} was started from is gone.`, { object: name, cure: 'Drop the clone and load the dump again.' }));
  }
  const { admin, login } = await cloneAccess(found.value);
  const dropped = await dropClone(context, name);
  if (!dropped.ok) return dropped;
  return startClone(context, image, {
    label: resource.label,
    port,
    database,
    ...(login.user === admin.user || login.password === undefined ? {} : { login: { user: login.user, password: login.password } }),
    kept: true,
    ...(resource.expiresAt === undefined ? {} : { expiresAt: resource.expiresAt }),
  });
}
