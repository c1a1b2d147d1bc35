import { type Clone, startClone } from '../../cluster/clone.ts';
import { resetTargetClone } from '../../cluster/external/reset-target-clone.ts';
import { isTargetClone } from '../../cluster/external/target-clone.ts';
import { listTargetImages, readTargetMemo } from '../../cluster/external/target-image.ts';
import { listImages } from '../../cluster/image.ts';
import { cloneAccess, findClone, type KnownClone, wakeClone, wishedMethod } from '../../cluster/kept-clones.ts';
import { removeResource } from '../../cluster/remove-resource.ts';
import type { CloneMethodName } from '../../core/clone-method-name.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { factsOfMemo } from './image-memo.ts';
import { dressDatabase } from './image-of-source.ts';
import { type KeptClone, ofOwnServers } from './load-clone.ts';

export interface ResetClone {
  readonly clone: KeptClone;
  /** How it was made: a way of making data folders, or `template` on a server that others use. */
  readonly method: Clone['method'] | 'template';
  /** The removal of what the clone was before: it goes on while the new one can be used already. */
  readonly settled: Promise<Result<void>>;
}

/**
 * Throws a kept clone away and starts it anew from its image, under the same name, port, database and login: whoever used it goes on as before,
 * with the data as it was. On a server that others use its database is dropped and copied anew.
 *
 * Fails with `clone-not-found`, `image-failed` when the image is gone, and what starting fails with; the clone is then what it was, or, on a server that
 * others use, not there, which the failure says.
 *
 * @param method the way in which the new one is made; the one that was wished for when it was loaded, or else the best, unless given
 */
export async function resetClone(context: Context, name: string, method?: CloneMethodName): Promise<Result<ResetClone>> {
  const found = await findClone(context, name);
  if (!found.ok) return found;
  const { resource, port, database } = found.value;
  if (isTargetClone(resource)) {
    if (method !== undefined) return fail(ofOwnServers('--clone-method'));
    return await resetOnTarget(context, resource);
  }
  const image = (await listImages(context)).find((candidate) => candidate.image.id === resource.facts.image)?.image;
  if (image === undefined) {
    return fail(imageGone(name));
  }
  const access = await cloneAccess(context, found.value);
  if (!access.ok) return access;
  const { admin, login } = access.value;
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
  if (started.ok) return ok({ clone: started.value, method: started.value.method, settled: removeResource(context, resource) });
  return fail(await asBefore(context, found.value, started.failure));
}

async function resetOnTarget(context: Context, resource: Resource): Promise<Result<ResetClone>> {
  const known = (await listTargetImages(context)).find(({ image }) => image.id === resource.facts.image);
  const facts = known === undefined ? undefined : factsOfMemo(await readTargetMemo(known.image, known.resource));
  if (known === undefined || facts === undefined) return fail(imageGone(resource.label));
  const reset = await resetTargetClone(context, resource, known.image, (admin) => dressDatabase(context, facts, admin));
  return reset.ok ? ok({ clone: reset.value, method: 'template', settled: Promise.resolve(ok()) }) : reset;
}

function imageGone(name: string): Failure {
  return failure('image-failed', `The image that ${name} was started from is gone.`, { object: name, cure: 'Drop the clone and load the dump again.' });
}

/** The old clone's server may have been ended for the new one's sake. */
async function asBefore(context: Context, old: KnownClone, cause: Failure): Promise<Failure> {
  const now = await findClone(context, old.resource.id);
  if (!now.ok && now.failure.code === 'clone-not-found') {
    const message = `${old.resource.label} was reset or dropped by somebody else meanwhile, so this reset did nothing.`;
    return failure('clone-not-found', message, { object: old.resource.label });
  }
  const woken = now.ok && !context.signal.aborted ? await wakeClone(context, now.value) : now;
  return woken.ok ? cause : { ...cause, problems: [...(cause.problems ?? []), woken.failure] };
}
