import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGQUIT';

/** How long each signal gets to work before the next one is sent. */
const patienceMs: Readonly<Record<EndSignal, number>> = { SIGINT: 10_000, SIGTERM: 10_000, SIGQUIT: 5_000, SIGKILL: 10_000 };

/**
 * Ends a process if pid and start time still name it, by these signals in turn; a pid that now belongs to another process is left alone.
 *
 * @returns true when the process is gone
 */
export async function endProcess(pid: number, startedAt: string, signals: readonly EndSignal[]): Promise<boolean> {
  for (const signal of signals) {
    if (!isAlive(pid, startedAt)) return true;
    try {
      process.kill(pid, signal);
    } catch (error) {
      // EPERM: it runs as somebody else. ESRCH is seen by the next look.
      if (error instanceof Error && 'code' in error && error.code === 'EPERM') return false;
    }
    if (await isGoneWithin(pid, startedAt, patienceMs[signal])) return true;
  }
  return !isAlive(pid, startedAt);
}

function isAlive(pid: number, startedAt: string): boolean {
  const found = processIdentity(pid);
  return found !== undefined && !found.zombie && found.startedAt === startedAt;
}

async function isGoneWithin(pid: number, startedAt: string, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (let pauseMs = 5; performance.now() < until; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    if (!isAlive(pid, startedAt)) return true;
    await sleep(pauseMs);
  }
  return false;
}
