import { closeSync, openSync } from 'node:fs';
import { failure } from '../../core/failure.ts';
import type { Child, Finished, RunRequest } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { processIdentity } from './process-identity.ts';
import { spawnChild } from './spawn-child.ts';

/** Starts a program that outlives us: own process group, no pipe to us, its output appended to a file that only its owner may read. */
export async function startDetached(request: RunRequest & { readonly logFile: string }): Promise<Result<Child>> {
  const startedAt = performance.now();
  let log: number;
  try {
    log = openSync(request.logFile, 'a', 0o600);
  } catch (error) {
    return fail(failure('server-start-failed', `the log file ${request.logFile} can't be written: ${String(error)}`, { object: request.logFile }));
  }
  try {
    const started = await spawnChild(request, ['ignore', log, log]);
    if (!started.ok) return started;
    const child = started.value;
    const pid = child.pid as number;
    const exited = new Promise<Finished>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, stdout: '', stderr: '', durationMs: performance.now() - startedAt }));
    });
    child.unref();
    return ok({
      pid,
      // Read before the event loop can take note of an early end, so that a start time is always there.
      startedAt: processIdentity(pid)?.startedAt ?? '',
      exited,
      kill: (signal) => {
        child.kill(signal);
      },
    });
  } finally {
    closeSync(log);
  }
}
