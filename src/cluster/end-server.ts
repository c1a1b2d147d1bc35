import { type Failure, failure } from '../core/failure.ts';
import type { Context, SystemPort } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { findProcesses } from './find-processes.ts';

/** Ends the process that the ledger names, any other that works in the folder, and all that carry the resource's mark. Gives the pids of those that stay. */
export async function endProcesses(system: SystemPort, resource: Resource, folder: string): Promise<readonly number[]> {
  const { pid, processStartedAt, holds } = resource.facts;
  // A program of the team's may have started anything, anywhere: what it was given to hand on tells whose it is.
  if (holds === 'application') {
    const marked = await system.endMarked(resource.id, ['SIGTERM', 'SIGKILL']);
    if (marked.length > 0) return marked;
  }
  // The data is thrown away, so an immediate shutdown does; it still clears shared memory, which SIGKILL wouldn't.
  const signals = ['SIGQUIT', 'SIGKILL'] as const;
  if (typeof pid === 'number' && typeof processStartedAt === 'string') await system.endProcess(pid, processStartedAt, signals);
  // A process that was about to start another one when it ended needs a second look.
  for (let look = 0; look < 3; look++) {
    const pids = await findProcesses(system, folder);
    if (pids.length === 0) return [];
    for (const other of pids) {
      const startedAt = await system.processStartedAt(other);
      if (startedAt !== undefined) await system.endProcess(other, startedAt, signals);
    }
  }
  return await findProcesses(system, folder);
}

/** Ends a clone's server and leaves its folder. Gives the failure where it doesn't end. */
export async function endServer(context: Context, clone: Resource): Promise<Failure | undefined> {
  const left = await endProcesses(context.edge.system, clone, String(clone.facts.folder));
  if (left.length === 0) return undefined;
  return failure('cleanup-failed', `the server of ${clone.label} does not end: process ${left.join(', ')}`, { object: clone.id });
}
