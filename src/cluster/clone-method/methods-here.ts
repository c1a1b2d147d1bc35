import type { CloneMethodName } from '../../core/clone-method-name.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { removeResource } from '../remove-resource.ts';
import { makeResourceFolder } from '../resource-folder.ts';
import { type ServerUser, serverUser } from '../server-user.ts';
import { chooseMethod, tryMethods } from './choose-method.ts';

export interface MethodHere {
  readonly method: CloneMethodName;
  /** Why it doesn't work; absent when it does. */
  readonly reason?: string;
}

/** Every way of making clones, the best first, each tried for real. Where not even a folder can be made, none is told. */
export async function methodsHere(context: Context): Promise<readonly MethodHere[]> {
  const tried = await inTrialFolder(context, async (quiet, folder, user) => ok(await tryMethods(quiet, folder, user)));
  return tried.ok ? tried.value : [];
}

/** Whether clones can be made in the way that is wished for, tried for real. Fails with `clone-method-unusable`, and where no folder can be made. */
export async function checkMethod(context: Context, wished: CloneMethodName | undefined): Promise<Result<void>> {
  if (wished === undefined && context.edge.system.environment('PGREHEARSE_CLONE_METHOD') === undefined) return ok();
  const chosen = await inTrialFolder(context, (quiet, folder, user) => chooseMethod(quiet, folder, user, wished));
  return chosen.ok ? ok() : chosen;
}

async function inTrialFolder<T>(context: Context, tryThere: (quiet: Context, folder: string, user: ServerUser) => Promise<Result<T>>): Promise<Result<T>> {
  const quiet: Context = { ...context, emit: () => {} };
  const user = await serverUser(context);
  if (!user.ok) return user;
  const made = await makeResourceFolder(quiet, { kind: 'folder', label: 'trial of ways to make clones' });
  if (!made.ok) return made;
  try {
    return await tryThere(quiet, made.value.folder, user.value);
  } finally {
    await removeResource(quiet, made.value.resource);
  }
}
