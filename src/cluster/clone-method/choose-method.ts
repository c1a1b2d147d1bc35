import { type CloneMethodName, cloneMethodNames } from '../../core/clone-method-name.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { ServerUser } from '../server-user.ts';
import type { CloneMethod } from './clone-method.ts';
import { reflink, wholeCopy } from './file-copies.ts';
import { overlay, overlayRootless } from './overlay.ts';
import { probeMethod } from './probe-method.ts';

const methods: Readonly<Record<CloneMethodName, CloneMethod>> = { overlay, 'overlay-rootless': overlayRootless, reflink, copy: wholeCopy };

/** A better method that was not used, and why. */
export interface PassedOver {
  readonly method: CloneMethodName;
  readonly reason: string;
}

export interface ChosenMethod {
  readonly method: CloneMethod;
  readonly passedOver: readonly PassedOver[];
}

/** Found out once for a home: neither the kernel nor the file system changes while we run. */
const tried = new Map<string, Promise<string | undefined>>();

/**
 * The best method that works on this machine, or the one that is wished for. The variable PGREHEARSE_CLONE_METHOD wishes as well.
 * Fails with `clone-method-unusable` where the wished one doesn't work, with the reason.
 *
 * @param folder a resource folder of ours, in which the trials are made
 */
export async function chooseMethod(context: Context, folder: string, user: ServerUser, wished?: CloneMethodName): Promise<Result<ChosenMethod>> {
  const wish = wished ?? context.edge.system.environment('PGREHEARSE_CLONE_METHOD');
  if (wish !== undefined) {
    const name = cloneMethodNames.find((known) => known === wish);
    if (name === undefined) return fail(unusable(wish, `there are ${cloneMethodNames.join(', ')}`));
    const reason = await whyNot(context, methods[name], folder, user);
    return reason === undefined ? ok({ method: methods[name], passedOver: [] }) : fail(unusable(name, reason));
  }
  const passedOver: PassedOver[] = [];
  for (const name of cloneMethodNames) {
    const reason = await whyNot(context, methods[name], folder, user);
    if (reason === undefined) return ok({ method: methods[name], passedOver });
    // That root's way isn't an ordinary user's is nothing to tell.
    if (methods[name].unfit(context) === undefined) passedOver.push({ method: name, reason });
  }
  // Not even a file can be copied: that is no question of the method.
  return fail(unusable('copy', passedOver.at(-1)?.reason ?? ''));
}

/** The method that a clone was made by. */
export function methodNamed(name: unknown): CloneMethod {
  const known = cloneMethodNames.find((each) => each === name);
  return methods[known ?? 'copy'];
}

/** Every method with the reason why it doesn't work here; the first without one is what clones are made by. */
export async function tryMethods(
  context: Context,
  folder: string,
  user: ServerUser,
): Promise<readonly { readonly method: CloneMethodName; readonly reason?: string }[]> {
  const found = [];
  for (const method of cloneMethodNames) {
    const reason = await whyNot(context, methods[method], folder, user);
    found.push({ method, ...(reason === undefined ? {} : { reason }) });
  }
  return found;
}

async function whyNot(context: Context, method: CloneMethod, folder: string, user: ServerUser): Promise<string | undefined> {
  const key = `${method.name} ${context.home.data}`;
  const answer = tried.get(key) ?? probeMethod(context, method, folder, user);
  tried.set(key, answer);
  const reason = await answer;
  // An interruption says nothing of the machine.
  if (context.signal.aborted) tried.delete(key);
  return reason;
}

function unusable(name: string, reason: string) {
  return failure('clone-method-unusable', `clones can’t be made by ${name} here: ${reason}`, { object: name });
}
