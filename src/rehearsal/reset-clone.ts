import { type Clone, startClone } from '../cluster/clone.ts';
import { listImages } from '../cluster/image.ts';
import { cloneAccess, findClone, type KnownClone, wakeClone, wishedMethod } from '../cluster/kept-clones.ts';
import { removeResource } from '../cluster/remove-resource.ts';
import type { CloneMethodName } from '../core/clone-method-name.ts';
import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

export interface ResetClone {
  readonly clone: Clone;
  /** The removal of what the clone was before: it goes on while the new one can be used already. */
  readonly settled: Promise<Result<void>>;
}

/**
 * Throws a kept clone away and starts it anew from its image, under the same name, port, database and login: whoever used it goes on as before,
 * with the data as it was.
 *
 * Fails with `clone-not-found`, `image-failed` when the image is gone, and what starting fails with; the clone is then what it was.
 *
 * @param method the way in which the new one is made; the one that was wished for when it was loaded, or else the best, unless given
 */
export async function resetClone(context: Context, name: string, method?: CloneMethodName): Promise<Result<ResetClone>> {
  const found = await findClone(context, name);
  if (!found.ok) return found;
  const { resource, port, database } = found.value;
  const image = (await listImages(context)).find((candidate) => candidate.image.id === resource.facts.image)?.image;
  if (image === undefined) {
    return fail(failure('image-failed', `The image that ${name} was started from is gone.`, { object: name, cure: 'Drop the clone and load the dump again.' }));
  }
  const { admin, login } = await cloneAccess(found.value);
  const way = method ?? wishedMethod(resource);
  const started = await startClone(context, image, {
    label: resource.label,
    port,
    database,
    ...(login.user === admin.user || login.password === undefined ? {} : { login: { user: login.user, password: login.password } }),
    kept: true,
    ...(resource.expiresAt === undefined ? {} : { expiresAt: resource.expiresAt }),
    ...(way === undefined ? {} : { method: way }),
    replaces: resource,
  });
  if (started.ok) return ok({ clone: started.value, settled: removeResource(context, resource) });
  return fail(await asBefore(context, found.value, started.failure));
}

/** The old clone's server may have been ended for the new one's sake. */
async function asBefore(context: Context, old: KnownClone, cause: Failure): Promise<Failure> {
  const now = await findClone(context, old.resource.id);
  const woken = now.ok && !context.signal.aborted ? await wakeClone(context, now.value) : now;
  return woken.ok ? cause : { ...cause, problems: [...(cause.problems ?? []), woken.failure] };
}
