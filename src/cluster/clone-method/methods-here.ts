import type { CloneMethodName } from '../../core/clone-method-name.ts';
import type { Context } from '../../core/ports.ts';
import { removeResource } from '../remove-resource.ts';
import { makeResourceFolder } from '../resource-folder.ts';
import { serverUser } from '../server-user.ts';
import { tryMethods } from './choose-method.ts';

export interface MethodHere {
  readonly method: CloneMethodName;
  /** Why it doesn't work; absent when it does. */
  readonly reason?: string;
}

/** Every way of making clones, the best first, each tried for real. Where not even a folder can be made, none is told. */
export async function methodsHere(context: Context): Promise<readonly MethodHere[]> {
  const quiet: Context = { ...context, emit: () => {} };
  const user = await serverUser(context);
  if (!user.ok) return [];
  const made = await makeResourceFolder(quiet, { kind: 'folder', label: 'trial of ways to make clones' });
  if (!made.ok) return [];
  try {
    return await tryMethods(quiet, made.value.folder, user.value);
  } finally {
    await removeResource(quiet, made.value.resource);
  }
}
