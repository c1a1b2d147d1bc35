import type { AwsAccount } from '../../core/aws.ts';
import type { AwsOperations } from '../../core/aws-operations.ts';
import type { DbClusterSnapshot } from '../../core/aws-things.ts';
import { allPages } from '../all-pages.ts';
import { fromAwsTags } from '../cloud-tags.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { snapshotStates } from '../rds/snapshot-states.ts';
import { unlessGone } from '../unless-gone.ts';

/** A snapshot of a cluster that we took, by its name. */
export function auroraSnapshot(account: AwsAccount, identifier: string): CloudThing {
  return {
    label: `cluster snapshot ${identifier}`,
    states: snapshotStates,
    async look(signal) {
      const found = await describeClusterSnapshot(account, identifier, signal);
      if (found === undefined) return undefined;
      const { Status: status = 'unknown', TagList, PercentProgress } = found;
      const share = PercentProgress === undefined ? {} : { share: PercentProgress / 100 };
      return { status, tags: fromAwsTags(TagList), isProtected: false, isSettled: true, ...share };
    },
    async delete() {
      await account.call('rds:DeleteDBClusterSnapshot', { DBClusterSnapshotIdentifier: identifier });
    },
  };
}

/** By its name, or by its ARN where another account shares it. Undefined: there is none. Throws CloudError. */
export async function describeClusterSnapshot(account: AwsAccount, identifier: string, signal?: AbortSignal): Promise<DbClusterSnapshot | undefined> {
  const input = { DBClusterSnapshotIdentifier: identifier, ...(identifier.startsWith('arn:') ? { IncludeShared: true } : {}) };
  const answer = await account.call('rds:DescribeDBClusterSnapshots', input, signal).catch(unlessGone('DBClusterSnapshotNotFound'));
  return answer?.DBClusterSnapshots?.[0];
}

/** Every one that fits, from all pages. Throws CloudError. */
export async function listClusterSnapshots(
  account: AwsAccount,
  which: Pick<AwsOperations['rds:DescribeDBClusterSnapshots']['input'], 'DBClusterIdentifier' | 'SnapshotType'>,
  signal?: AbortSignal,
): Promise<readonly DbClusterSnapshot[]> {
  return await allPages(
    (page) => account.call('rds:DescribeDBClusterSnapshots', { ...which, ...page }, signal),
    ({ DBClusterSnapshots }) => DBClusterSnapshots,
  );
}
