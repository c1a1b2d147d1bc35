import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { failure } from '../../core/failure.ts';
import type { RunRequest } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { childEnvironment } from './environment.ts';

/**
 * Starts a program in a process group of its own, so that its own children can be ended with it; with `detached: false` in ours, which keeps it in the
 * terminal's foreground. Resolves once it runs.
 * A program that can't be started is a failure `command-not-found`.
 */
export async function spawnChild(
  request: RunRequest,
  stdio: SpawnOptions['stdio'],
  { detached = true }: { readonly detached?: boolean } = {},
): Promise<Result<ChildProcess>> {
  const asOtherUser = request.uid !== undefined && request.uid !== userInfoUid();
  const child = spawn(request.command, [...(request.args ?? [])], {
    // Another user may not be allowed into our current folder.
    cwd: request.cwd ?? (asOtherUser ? '/' : process.cwd()),
    env: childEnvironment(request.inheritEnvironment ?? false, asOtherUser, request.env, request.withoutVariable),
    detached,
    stdio,
    ...(request.uid === undefined ? {} : { uid: request.uid }),
    ...(request.gid === undefined ? {} : { gid: request.gid }),
  });
  try {
    await once(child, 'spawn');
    return ok(child);
  } catch (error) {
    return fail(startFailure(request, error));
  }
}

function startFailure(request: RunRequest, error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const extra = { object: request.command };
  if (code === 'ENOENT') {
    // Node says ENOENT for a missing working folder too.
    const place = request.cwd === undefined ? '' : ` (or its folder ${request.cwd})`;
    return failure('command-not-found', `there is no command ${request.command}${place}`, extra);
  }
  if (code === 'EACCES' || code === 'EPERM') return failure('command-not-found', `${request.command} can't be executed by this user (${code})`, extra);
  return failure('command-not-found', `${request.command} can't be started: ${code}`, extra);
}

function userInfoUid(): number {
  return process.getuid?.() ?? userInfo().uid;
}

/** Sends a signal to a child and all that it started. Nothing happens when they are gone. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: gone already.
  }
}
