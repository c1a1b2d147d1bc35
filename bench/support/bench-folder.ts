import { chmodSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { guardServers } from '../../test/support/server-guard.ts';

/** A benchmark's own folder. */
export interface BenchFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes the folder in which everything is that a benchmark makes, servers too. A process of its own looks after it: all that works in it ends, and it is removed, when
 * the benchmark is over, be it by Ctrl-C or SIGKILL.
 */
export function makeBenchFolder(parent = '/var/tmp'): BenchFolder {
  const path = mkdtempSync(join(parent, 'pgrb-'));
  const guard = guardServers(path);
  // Servers run as another user, who has to get in.
  chmodSync(path, 0o755);
  // What the tests' support makes is made here too.
  process.env.PGREHEARSE_TESTS = path;
  return { path, [Symbol.asyncDispose]: () => guard.close() };
}
