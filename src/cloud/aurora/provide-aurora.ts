import { randomBytes } from 'node:crypto';
import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster, DbInstance } from '../../core/aws-things.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openAccount } from '../open-account.ts';
import { orphansOf } from '../orphans.ts';
import { describeInstance } from '../rds/instance.ts';
import type { OwnedThrowaway } from '../rds/provide-throwaway.ts';
import { removalOf } from '../removal-of.ts';
import { removeAfter, removeCloudResource } from '../remove-cloud-resource.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { type Attempt, sourceOfAurora } from './attempt.ts';
import { type ClusterSnapshotChoice, chooseClusterSnapshot } from './choose-snapshot.ts';
import { auroraCluster, describeCluster } from './cluster.ts';
import { createMember } from './create-member.ts';
import { describeProductionCluster, isForeign } from './describe-production.ts';
import { auroraMember } from './member.ts';
import { readyClusterSnapshot } from './ready-snapshot.ts';
import { type ClusterOrigin, restoreCluster } from './restore-cluster.ts';
import { setClusterPassword } from './set-password.ts';

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
  const account = await openAccount(context, wish.access, wish.account);
  if (!account.ok) return account;
  const production = await describeProductionCluster(context, account.value, wish);
  if (!production.ok) return production;
  const made: Resource[] = [];
  const run = context.runId ?? `clone-${randomBytes(8).toString('hex')}`;
  const orphans = await orphansOf(context, sourceOfAurora(wish));
  const attempt: Attempt = { account: account.value, wish, production: production.value, run, orphans, made };
  const provided = await provide(context, attempt).catch(async (bug: unknown) => {
    // A server costs money whatever went wrong.
    for (const resource of made.toReversed()) await removeCloudResource(context, resource, wish).catch(() => {});
    throw bug;
  });
  if (!provided.ok) return await removeAfter(context, made, provided.failure, wish);
  return provided;
}

async function provide(context: Context, attempt: Attempt): Promise<Result<OwnedThrowaway>> {
  const { account, wish, production } = attempt;
  const { pollMs, waitMs } = wish;
  const origin = await findOrigin(context, attempt);
  if (!origin.ok) return origin;
  const restored = await restoreCluster(context, attempt, origin.value);
  if (!restored.ok) return restored;
  const cluster = restored.value.resource.label;
  const restoredFrom = origin.value.is === 'clone' ? `clone of ${wish.cluster}` : `cluster snapshot ${origin.value.identifier}`;
  const doing = origin.value.is === 'clone' ? `cloning ${wish.cluster}` : `restoring the ${restoredFrom}`;
  const clusterReady = await waitUntilReady(context, auroraCluster(account, cluster), { pollMs, waitMs, doing });
  if (!clusterReady.ok) return clusterReady;
  const member = await createMember(context, attempt, cluster);
  if (!member.ok) return member;
  const memberReady = await waitUntilReady(context, auroraMember(account, member.value.label), { pollMs, waitMs, doing });
  if (!memberReady.ok) return memberReady;
  const password = await setClusterPassword(context, attempt, cluster);
  if (!password.ok) return password;
  // A new password passes through the instance as well.
  const again = await waitUntilReady(context, auroraMember(account, member.value.label), { pollMs, waitMs, doing });
  if (!again.ok) return again;
  const found = await describeBoth(context, account, cluster, member.value.label, doing);
  if (!found.ok) return found;
  const [made, instance] = found.value;
  // The cluster's own endpoint has a name before anything is behind it, and one instance is the one that writes.
  const { Address: host, Port: port } = instance.Endpoint ?? {};
  const user = made.MasterUsername;
  if (host === undefined || port === undefined || user === undefined)
    return fail(failure('throwaway-failed', `${cluster} is available, and Aurora tells no endpoint or no master for it`, { object: cluster }));
  return ok({
    ...removalOf(context, attempt.made, wish),
    kind: 'aurora',
    identifier: cluster,
    region: wish.access.region,
    account: wish.account,
    endpoint: { host, port },
    user,
    password: password.value,
    database: wish.database ?? made.DatabaseName ?? production.cluster?.DatabaseName ?? 'postgres',
    dataAsOf: restored.value.dataAsOf,
    restoredFrom,
    resource: restored.value.resource,
  });
}

async function findOrigin(context: Context, attempt: Attempt): Promise<Result<ClusterOrigin>> {
  const { wish, orphans } = attempt;
  const { snapshot: settings } = wish;
  if (settings === undefined) return ok({ is: 'clone' });
  const left = orphans.filter(({ kind }) => kind === 'snapshot');
  const choice = await choose(context, attempt, settings, left);
  if (!choice.ok) return choice;
  const snapshot = await readyClusterSnapshot(context, attempt, settings, choice.value);
  if (!snapshot.ok) return snapshot;
  const { DBClusterSnapshotIdentifier: name = '', DBClusterSnapshotArn: arn = '', SnapshotCreateTime: time } = snapshot.value;
  if (time === undefined) throw new Error(`Aurora tells no time for ${name}`);
  const identifier = isForeign(wish) && arn !== '' ? arn : name;
  return ok({ is: 'snapshot', identifier, dataAsOf: time.toISOString(), ...(settings.kmsKey === undefined ? {} : { kmsKey: settings.kmsKey }) });
}

/** Chooses; one that was left becomes ours with that. What another run goes on with meanwhile is no choice any more. */
async function choose(
  context: Context,
  attempt: Attempt,
  settings: NonNullable<AuroraWish['snapshot']>,
  left: readonly Resource[],
): Promise<Result<ClusterSnapshotChoice>> {
  const choice = await chooseClusterSnapshot(context, attempt.account, attempt.wish, settings, attempt.production.cluster, left);
  if (!choice.ok || choice.value.is !== 'left') return choice;
  const { id } = choice.value.line;
  const line = await context.ledger.takeOver(id);
  if (line === undefined)
    return await choose(
      context,
      attempt,
      settings,
      left.filter((one) => one.id !== id),
    );
  attempt.made.push(line);
  return choice;
}

async function describeBoth(
  context: Context,
  account: AwsAccount,
  cluster: string,
  member: string,
  doing: string,
): Promise<Result<readonly [DbCluster, DbInstance]>> {
  try {
    const made = await describeCluster(account, cluster, context.signal);
    const instance = await describeInstance(account, member, context.signal);
    if (made !== undefined && instance !== undefined) return ok([made, instance]);
    const gone = made === undefined ? cluster : member;
    return fail(failure('throwaway-failed', `${gone} is gone: somebody deleted it`, { object: gone }));
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}
