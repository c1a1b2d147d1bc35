import { FailureError, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';

/**
 * How small rows get at best, as a rule: text packs to a third or a quarter of what its table takes. Rows that repeat themselves get much smaller, so a larger
 * share would refuse dumps that fit; where this one is too small, the disk gets full later.
 */
const packedShare = 0.25;

/** Refuses to begin where the disk can't hold what there is. Throws FailureError `disk-short` with the figures. */
export async function checkRoom(context: Context, folder: string, tables: readonly { readonly sizeBytes: number }[]): Promise<void> {
  const needed = tables.reduce((sum, table) => sum + table.sizeBytes, 0) * packedShare;
  const free = await context.edge.system.freeDiskBytes(folder);
  if (free >= needed) return;
  const message = `The dump takes about ${megabytes(needed)} or more, and ${megabytes(free)} are free in ${folder}.`;
  throw new FailureError(failure('disk-short', message, { object: folder, cure: 'Free space there, or set folders.dumps to a larger disk.' }));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
