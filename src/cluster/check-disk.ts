import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** Kept free for everything else on the disk: a machine whose disk we fill is worse off than one rehearsal. */
const reserveBytes = 512 * 1024 ** 2;

/** Checks, before anything is copied, that the disk of `home.data` has room for so many bytes and a reserve. Fails with `disk-short` and the figures. */
export async function checkDisk(context: Context, neededBytes: number): Promise<Result<void>> {
  const free = await context.edge.system.freeDiskBytes(context.home.data);
  const wanted = neededBytes + reserveBytes;
  if (free >= wanted) return ok();
  return fail(
    failure('disk-short', `${gigabytes(wanted)} are needed in ${context.home.data}, ${gigabytes(free)} are free`, {
      object: context.home.data,
      cure: `Free ${gigabytes(wanted - free)} there (\`pgrehearse gc\` removes what is past its time), or set PGREHEARSE_HOME to a larger disk.`,
    }),
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
