import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster, DbInstance } from '../../core/aws-things.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { describeInstance } from '../rds/instance.ts';
import type { OwnedThrowaway } from '../rds/provide-throwaway.ts';
import { removalOf } from '../removal-of.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { type Attempt, originalOf } from './attempt.ts';
import { auroraCluster, describeCluster } from './cluster.ts';
import { createMember } from './create-member.ts';
import { auroraMember } from './member.ts';
import { type ClusterOrigin, type RestoredCluster, restoreCluster } from './restore-cluster.ts';
import { setClusterPassword } from './set-password.ts';

/** A cluster of ours that is there, and that no instance serves yet. */
export interface UnservedCluster extends RestoredCluster {
  /** Of what it is a copy, for people. */
  readonly restoredFrom: string;
  readonly doing: string;
}

/** Clones or restores, and waits until Aurora says that the cluster is there: what it is a copy of may be changed from now on. */
export async function makeCluster(context: Context, attempt: Attempt, origin: ClusterOrigin): Promise<Result<UnservedCluster>> {
  const { account, wish } = attempt;
  const restored = await restoreCluster(context, attempt, origin);
  if (!restored.ok) return restored;
  const restoredFrom = origin.is === 'clone' ? `clone of ${originalOf(wish)}` : `cluster snapshot ${origin.identifier}`;
  const doing = origin.is === 'clone' ? `cloning ${originalOf(wish)}` : `restoring the ${restoredFrom}`;
  const ready = await waitUntilReady(context, auroraCluster(account, restored.value.resource.label), { ...wish, doing });
  return ready.ok ? ok({ ...restored.value, restoredFrom, doing }) : ready;
}

/** Makes the one instance of a cluster, waits, and sets a password that only this process knows. */
export async function serveCluster(
  context: Context,
  attempt: Attempt,
  { resource, dataAsOf, restoredFrom, doing }: UnservedCluster,
): Promise<Result<OwnedThrowaway>> {
  const { account, wish, production } = attempt;
  const { pollMs, waitMs } = wish;
  const cluster = resource.label;
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
    dataAsOf,
    restoredFrom,
    resource,
  });
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
