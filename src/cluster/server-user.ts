import { chown } from 'node:fs/promises';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';

/** The user that servers run as; empty when that is simply ourselves. Fits into a RunRequest. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

export async function serverUser(context: Context): Promise<Result<ServerUser>> {
  const found = await context.edge.system.unprivilegedUser();
  if (!found.ok) return found;
  return ok(found.value === undefined ? {} : { uid: found.value.uid, gid: found.value.gid });
}

/** Hands a file or folder that we made over to the servers' user. */
export async function handOver(path: string, user: ServerUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}
