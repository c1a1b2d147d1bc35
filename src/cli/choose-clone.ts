import type { CloneAccess } from '../cluster/clone-access.ts';
import { cloneAccess, cloneLines, findClone, type KnownClone, wakeClone } from '../cluster/kept-clones.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** The named clone, or the only kept one there is. */
export async function chooseClone(context: Context, name: string | undefined): Promise<Result<KnownClone>> {
  if (name !== undefined) return await findClone(context, name);
  const kept = (await cloneLines(context)).filter((line) => line.kept);
  const [only, second] = kept;
  if (only === undefined) return fail(failure('clone-not-found', 'there is no kept clone on this machine', { cure: 'Make one with `pgrehearse load`.' }));
  if (second !== undefined) {
    const names = kept.map(({ label }) => label).join(', ');
    return fail(failure('clone-not-found', `there are several clones: ${names}`, { cure: 'Name one of them.' }));
  }
  return await findClone(context, only.id);
}

/** The ways into a clone, which is started again where the machine was restarted since it was made. */
export async function openClone(context: Context, name: string | undefined): Promise<Result<CloneAccess & { readonly clone: KnownClone }>> {
  const chosen = await chooseClone(context, name);
  if (!chosen.ok) return chosen;
  const awake = await wakeClone(context, chosen.value);
  if (!awake.ok) return awake;
  const access = await cloneAccess(context, awake.value);
  return access.ok ? ok({ clone: awake.value, ...access.value }) : access;
}
