import { chown } from 'node:fs/promises';
import type { Context, SystemPort } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';

/** The user that servers run as; empty when that is simply ourselves. Fits into a RunRequest. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Asking means starting programs, and the answer stays the same for as long as we run. */
const known = new WeakMap<SystemPort, Promise<Result<ServerUser>>>();

export function serverUser({ edge: { system } }: Context): Promise<Result<ServerUser>> {
  const answer = known.get(system) ?? ask(system);
  known.set(system, answer);
  return answer;
}

async function ask(system: SystemPort): Promise<Result<ServerUser>> {
  const found = await system.unprivilegedUser();
  if (!found.ok) return found;
  return ok(found.value === undefined ? {} : { uid: found.value.uid, gid: found.value.gid });
}

/** Hands a file or folder that we made over to the servers' user. */
export async function handOver(path: string, user: ServerUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}
