import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** Before minutes are spent on copying: the port that a clone is to have must be free. Fails with `port-in-use`. */
export async function checkPort(context: Context, port: number | undefined): Promise<Result<void>> {
  if (port === undefined || (await context.edge.system.isPortFree(port))) return ok();
  return fail(failure('port-in-use', `port ${port} is taken by another process`, { object: String(port) }));
}
