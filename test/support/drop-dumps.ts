import { listDumps } from '../../src/cluster/kept-dumps.ts';
import { removeDump } from '../../src/cluster/remove-dump.ts';
import type { Context } from '../../src/core/ports.ts';

/** Removes every dump that a test's home knows of. */
export async function dropDumps(context: Context): Promise<void> {
  for (const { resource } of await listDumps(context)) {
    const removed = await removeDump(context, resource);
    if (!removed.ok) throw new Error(removed.failure.message);
  }
}
