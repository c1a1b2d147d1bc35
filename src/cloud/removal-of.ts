import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { Patience } from './cloud-thing.ts';
import { removeCloudResource } from './remove-cloud-resource.ts';

/** How all that an attempt made is removed, once, newest first: what was made from something goes before it. Each is tried, whatever became of the others. */
export function removalOf(context: Context, made: readonly Resource[], patience: Patience): AsyncDisposable & { remove(): Promise<Result<void>> } {
  let removed: Promise<Result<void>> | undefined;
  const removeAll = async (): Promise<Result<void>> => {
    let outcome: Result<void> = ok();
    for (const resource of made.toReversed()) {
      const gone = await removeCloudResource(context, resource, patience);
      if (!gone.ok && outcome.ok) outcome = gone;
    }
    return outcome;
  };
  const remove = () => {
    removed ??= removeAll();
    return removed;
  };
  return {
    remove,
    async [Symbol.asyncDispose]() {
      await remove();
    },
  };
}
