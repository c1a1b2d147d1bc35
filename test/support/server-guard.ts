import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A folder of servers and programs that goes when the one who asked for it ends, by whatever death. */
export interface ServerGuard {
  /** Ends whatever works in the folder, and removes it. */
  close(): Promise<void>;
}

/** Starts the guard of a folder, before anything is made in it. */
export function guardServers(root: string): ServerGuard {
  const guard = spawn(process.execPath, [join(import.meta.dirname, 'server-guard.js'), root], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  return {
    close: () =>
      new Promise((resolve) => {
        guard.once('exit', () => resolve());
        guard.stdin.end();
      }),
  };
}
