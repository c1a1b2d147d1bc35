import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Result } from '../core/result.ts';
import type { Patience } from './cloud-thing.ts';
import { removeAfter, removeCloudResource } from './remove-cloud-resource.ts';

/** An attempt at a wish, and what it has made by now. */
interface Trying {
  readonly wish: Patience;
  readonly made: readonly Resource[];
}

/** Gives what comes of the work; where that is a failure, what the attempt made by then is gone. */
export async function orRemove<Value>(context: Context, { made, wish }: Trying, work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  const done = await work().catch(async (bug: unknown) => {
    // A server costs money whatever went wrong.
    for (const resource of made.toReversed()) await removeCloudResource(context, resource, wish).catch(() => {});
    throw bug;
  });
  return done.ok ? done : await removeAfter(context, made, done.failure, wish);
}
