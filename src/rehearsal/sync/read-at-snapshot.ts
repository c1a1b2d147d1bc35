import { openReader } from '../../copy/live/copy-tables.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';

/**
 * A session at production's snapshot in which values look as they do in staging's session: text, hashes and JSON made of them mean the same on both sides.
 * Throws FailureError and SqlError.
 */
export async function readAtSnapshot(context: Context, production: LiveSource): Promise<Session> {
  const reader = await openReader(context, production);
  await reader.execute(
    "set local timezone = 'UTC'; set local bytea_output = 'hex'; set local lc_monetary = 'C'; set local max_parallel_workers_per_gather = 0; set local jit = off",
  );
  return reader;
}
