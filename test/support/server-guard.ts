import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A folder of test servers that goes when the test runner ends, by whatever death. */
export interface ServerGuard {
  /** This server goes too. */
  watch(pid: number | undefined): void;
  /** Ends the servers, removes the folder. */
  close(): Promise<void>;
}

/** Starts the guard of a folder, before anything is made in it. */
export function guardServers(root: string): ServerGuard {
  const guard = spawn(process.execPath, [join(import.meta.dirname, 'server-guard.js'), root], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  return {
    watch: (pid) => guard.stdin.write(`${pid ?? ''}\n`),
    close: () =>
      new Promise((resolve) => {
        guard.once('exit', () => resolve());
        guard.stdin.end();
      }),
  };
}
