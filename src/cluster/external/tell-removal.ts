import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** What stands in the way of a connection has a cure of its own. */
const waysIn: ReadonlySet<string> = new Set(['target-unreachable', 'authentication-failed', 'tls-failed', 'config-invalid']);

/** Says what became of a removal, and takes the ledger line away only when the thing is gone. */
export async function tellRemoval(context: Context, resource: Resource, removed: Result<void>): Promise<Result<void>> {
  if (removed.ok) {
    await context.ledger.forget(resource.id);
    context.emit({ type: 'resource', what: 'removed', resource });
    return ok();
  }
  const { message, code, cure, sql } = removed.failure;
  const cause = failure('cleanup-failed', `${resource.label} (${resource.id}) could not be removed: ${message}`, {
    object: resource.id,
    cure: waysIn.has(code) ? cure : 'Look at it on that server, and run `pgrehearse gc` again.',
    ...(sql === undefined ? {} : { sql }),
  });
  context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
  return fail(cause);
}
