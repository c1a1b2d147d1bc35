import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster } from '../../core/aws-things.ts';
import { FailureError, failure } from '../../core/failure.ts';
import { allPages } from '../all-pages.ts';
import { fromAwsTags } from '../cloud-tags.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { describeInstance } from '../rds/instance.ts';
import { unlessGone } from '../unless-gone.ts';
import { clusterStates } from './cluster-states.ts';

/** A cluster of ours, by its name. */
export function auroraCluster(account: AwsAccount, identifier: string): CloudThing {
  return {
    label: `cluster ${identifier}`,
    states: clusterStates,
    async look(signal) {
      const found = await describeCluster(account, identifier, signal);
      if (found === undefined) return undefined;
      return {
        status: found.Status ?? 'unknown',
        tags: fromAwsTags(found.TagList),
        isProtected: found.DeletionProtection === true,
        isSettled: found.PendingModifiedValues?.MasterUserPassword === undefined,
      };
    },
    async delete() {
      await checkMembers(account, identifier);
      await account.call('rds:DeleteDBCluster', { DBClusterIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true });
    },
    async unprotect() {
      await account.call('rds:ModifyDBCluster', { DBClusterIdentifier: identifier, DeletionProtection: false, ApplyImmediately: true });
    },
  };
}

/** Aurora refuses to delete a cluster while an instance in it stays. Ours goes before; somebody else's has to be told of, not waited for. */
async function checkMembers(account: AwsAccount, identifier: string): Promise<void> {
  const cluster = await describeCluster(account, identifier);
  for (const { DBInstanceIdentifier: member = '' } of cluster?.DBClusterMembers ?? []) {
    const found = await describeInstance(account, member);
    if (found !== undefined && found.DBInstanceStatus !== 'deleting') {
      throw new FailureError(failure('throwaway-left', `the instance ${member} is still in it, and ${found.DBInstanceStatus}`, { object: member }));
    }
  }
}

/** By its name. Undefined: there is none in this account and region. Throws CloudError. */
export async function describeCluster(account: AwsAccount, identifier: string, signal?: AbortSignal): Promise<DbCluster | undefined> {
  const answer = await account.call('rds:DescribeDBClusters', { DBClusterIdentifier: identifier }, signal).catch(unlessGone('DBClusterNotFound'));
  return answer?.DBClusters?.[0];
}

/** All of the account in the region. Throws CloudError. */
export async function listClusters(account: AwsAccount, signal?: AbortSignal): Promise<readonly DbCluster[]> {
  return await allPages(
    (page) => account.call('rds:DescribeDBClusters', page, signal),
    ({ DBClusters }) => DBClusters,
  );
}
