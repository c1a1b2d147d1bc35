import type { CloneAccess } from '../cluster/clone-access.ts';
import { cloneAccess, cloneLines, findClone, type KnownClone, wakeClone } from '../cluster/kept-clones.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { text } from './command.ts';

/** Every command about one clone takes its name alike, also where the command has room for a bare one: `env shop`, `env --name shop`. */
export const cloneNameOption = text('name', 'Clone, by name or id; the same as the bare name.');

/** The clone that a command line names, in whichever way; undefined where it names none. */
export function namedClone(bare: string | undefined, option: string | undefined): Result<string | undefined> {
  if (bare !== undefined && option !== undefined && bare !== option)
    return fail(failure('usage', `two clones are named: ${bare} and ${option}`, { cure: 'Name one of them.' }));
  return ok(bare ?? option);
}

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
