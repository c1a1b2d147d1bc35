import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface Moment {
  readonly start: () => ChildProcess;
  /** Whether it has come. Looked at again and again while the program runs. */
  readonly isNow: () => boolean | Promise<boolean>;
  /** Removes what a program that got to its end has left. */
  readonly undo?: () => unknown;
}

/**
 * Starts a program and kills it with SIGKILL at a moment. A busy machine can let the program run past a short moment unseen:
 * then it is started again. Throws when the program fails, or the moment is never seen.
 */
export async function killAt({ start, isNow, undo }: Moment): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const child = start();
    const ended = once(child, 'exit');
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const runs = () => child.exitCode === null && child.signalCode === null;
    while (runs() && !(await isNow())) await delay(1);
    child.kill('SIGKILL');
    await ended;
    if (child.signalCode === 'SIGKILL') return;
    if (child.exitCode !== 0) throw new Error(`the program ended with ${child.exitCode}: ${stderr}`);
    await undo?.();
  }
  throw new Error('the moment never came');
}
