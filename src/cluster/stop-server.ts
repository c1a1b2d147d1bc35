import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';

/**
 * Stops a server so that its data folder can be copied or started again: clients are cut off, all is checkpointed.
 * Fails with `server-lost` when it ended any other way, since such a folder would need recovery.
 */
export async function stopServer(context: Context, resource: Resource, dataFolder: string): Promise<Result<void>> {
  const line = (await context.ledger.list()).find((each) => each.id === resource.id) ?? resource;
  const { pid, processStartedAt } = line.facts;
  if (typeof pid !== 'number' || typeof processStartedAt !== 'string') throw new Error(`${resource.id} has no server`);
  // SIGINT is Postgres's fast shutdown. Sent again it does nothing, but gives a slow disk more time.
  const gone = await context.edge.system.endProcess(pid, processStartedAt, ['SIGINT', 'SIGINT', 'SIGINT', 'SIGQUIT']);
  if (!gone) return fail(failure('server-lost', `the server of ${resource.label} (process ${pid}) does not stop`, { object: resource.id }));
  if (await wasShutDownCleanly(dataFolder)) return ok();
  return fail(failure('server-lost', `the server of ${resource.label} did not shut down cleanly; its log is ${join(dataFolder, '../log')}`));
}

/** Reads the state in pg_control: 1 is "shut down". It follows the system identifier (8 bytes) and two version numbers (4 each). */
export async function wasShutDownCleanly(dataFolder: string): Promise<boolean> {
  await using file = await open(join(dataFolder, 'global/pg_control'), 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
  return bytesRead === 20 && buffer.readUInt32LE(16) === 1;
}
