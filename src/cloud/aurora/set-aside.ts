import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { orRemove } from '../or-remove.ts';
import type { OwnedThrowaway } from '../rds/provide-throwaway.ts';
import { removalOf } from '../removal-of.ts';
import { makeCluster, serveCluster } from './serve-cluster.ts';
import { tryAttempt } from './try-attempt.ts';

/** A copy of a cluster of ours as it was at one instant. No Postgres runs on it, and next to nothing is paid for it, until it is served. */
export interface SetAside extends AsyncDisposable {
  readonly identifier: string;
  /** Makes its instance: once. It goes with the server then. Where that fails, it is gone by then. */
  serve(): Promise<Result<OwnedThrowaway>>;
}

/**
 * Clones a cluster of ours by copy-on-write, and waits until what that one holds at this moment is kept, whatever is done to it later. Aurora clones only what an instance
 * serves: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.html.
 *
 * Fails with what cloning fails with; by then nothing of it is left.
 *
 * @param wish the one that production was cloned by
 * @example
 * const aside = await setAside(context, wish, first.identifier);
 */
export async function setAside(context: Context, wish: AuroraWish, copyOf: string): Promise<Result<SetAside>> {
  const { snapshot: _, ...rest } = wish;
  return await tryAttempt(context, { ...rest, copyOf, fresh: true }, async (attempt) => {
    const cluster = await makeCluster(context, attempt, { is: 'clone' });
    if (!cluster.ok) return cluster;
    return ok({
      ...removalOf(context, attempt.made, wish),
      identifier: cluster.value.resource.label,
      serve: () => orRemove(context, attempt, () => serveCluster(context, attempt, cluster.value)),
    });
  });
}
