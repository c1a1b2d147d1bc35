import { once } from 'node:events';
import { constants } from 'node:os';
import type { RunRequest } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { spawnChild } from './spawn-child.ts';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program in place of this one: on our own terminal, with our signals passed on.
 *
 * @returns its exit code; 128 and the signal's number when a signal ended it, as shells say it
 */
export async function runAttached(
  request: Pick<RunRequest, 'command' | 'args' | 'env' | 'cwd' | 'inheritEnvironment' | 'withoutVariable'>,
): Promise<Result<number>> {
  const started = await spawnChild(request, 'inherit', { detached: false });
  if (!started.ok) return started;
  const child = started.value;
  const listeners = passedOn.map((name) => {
    const listener = () => {
      // A terminal sends Ctrl-C to the child as well: passed on, it would count as pressed twice.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name);
    };
    process.on(name, listener);
    return { name, listener };
  });
  try {
    const [code, signal] =
      child.exitCode === null && child.signalCode === null
        ? ((await once(child, 'exit')) as [number | null, NodeJS.Signals | null])
        : [child.exitCode, child.signalCode];
    return ok(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  } finally {
    for (const { name, listener } of listeners) process.off(name, listener);
  }
}
