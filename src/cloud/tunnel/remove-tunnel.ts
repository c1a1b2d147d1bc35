import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/**
 * Ends what a tunnel of the ledger consists of, also after its maker was killed: its processes on this machine and its session in the cloud, then its line. Can be
 * called again and again. Says so as an event; fails with `cleanup-failed`.
 */
export async function removeTunnel(context: Context, resource: Resource): Promise<Result<void>> {
  const left = await context.edge.system.endMarked(resource.id, ['SIGINT', 'SIGKILL']);
  if (left.length > 0) {
    const cause = failure('cleanup-failed', `${resource.label} (${resource.id}) could not be removed: process ${left.join(', ')} does not end`, {
      object: resource.id,
    });
    context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
    return fail(cause);
  }
  await context.ledger.forget(resource.id);
  context.emit({ type: 'resource', what: 'removed', resource });
  return ok();
}
