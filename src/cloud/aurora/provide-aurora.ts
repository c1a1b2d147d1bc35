import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { chooseOrTakeOver } from '../choose-or-take-over.ts';
import type { OwnedThrowaway } from '../rds/provide-throwaway.ts';
import type { Attempt } from './attempt.ts';
import { chooseClusterSnapshot } from './choose-snapshot.ts';
import { isForeign } from './describe-production.ts';
import { readyClusterSnapshot } from './ready-snapshot.ts';
import type { ClusterOrigin } from './restore-cluster.ts';
import { makeCluster, serveCluster } from './serve-cluster.ts';
import { tryAttempt } from './try-attempt.ts';

/**
 * Clones production on Aurora by copy-on-write, or restores a snapshot of it, as a cluster that is ours alone, with one instance; waits, and sets a password that only this process
 * knows. Goes on with what an earlier attempt of the same left. Where it fails or is interrupted, what it made is deleted first: the instance, the cluster, the snapshot.
 *
 * The server is up, and nothing says yet that it can be reached: whoever logs in proves that, and the password.
 *
 * @example
 * const provided = await provideAurora(context, wish);
 * if (!provided.ok) return provided;
 * await using throwaway = provided.value;
 */
export async function provideAurora(context: Context, wish: AuroraWish): Promise<Result<OwnedThrowaway>> {
  return await tryAttempt(context, wish, async (attempt) => {
    const origin = await findOrigin(context, attempt);
    if (!origin.ok) return origin;
    const cluster = await makeCluster(context, attempt, origin.value);
    return cluster.ok ? await serveCluster(context, attempt, cluster.value) : cluster;
  });
}

async function findOrigin(context: Context, attempt: Attempt): Promise<Result<ClusterOrigin>> {
  const { account, wish, production, orphans, made } = attempt;
  const { snapshot: settings } = wish;
  if (settings === undefined) return ok({ is: 'clone' });
  const left = orphans.filter(({ kind }) => kind === 'snapshot');
  const choice = await chooseOrTakeOver(context, made, left, (among) => chooseClusterSnapshot(context, account, wish, settings, production.cluster, among));
  if (!choice.ok) return choice;
  const snapshot = await readyClusterSnapshot(context, attempt, settings, choice.value);
  if (!snapshot.ok) return snapshot;
  const { DBClusterSnapshotIdentifier: name = '', DBClusterSnapshotArn: arn = '', SnapshotCreateTime: time } = snapshot.value;
  if (time === undefined) throw new Error(`Aurora tells no time for ${name}`);
  const identifier = isForeign(wish) && arn !== '' ? arn : name;
  return ok({ is: 'snapshot', identifier, dataAsOf: time.toISOString(), ...(settings.kmsKey === undefined ? {} : { kmsKey: settings.kmsKey }) });
}
