import type { AwsAccount } from '../../core/aws.ts';
import type { AwsOperations } from '../../core/aws-operations.ts';
import type { DbSnapshot } from '../../core/aws-things.ts';
import { allPages } from '../all-pages.ts';
import { fromAwsTags } from '../cloud-tags.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { unlessGone } from '../unless-gone.ts';
import { snapshotStates } from './snapshot-states.ts';

/** A snapshot of ours, by its name. */
export function rdsSnapshot(account: AwsAccount, identifier: string): CloudThing {
  return {
    label: `snapshot ${identifier}`,
    states: snapshotStates,
    async look(signal) {
      const found = await describeSnapshot(account, identifier, signal);
      if (found === undefined) return undefined;
      const { Status: status = 'unknown', TagList, PercentProgress } = found;
      return {
        status,
        tags: fromAwsTags(TagList),
        isProtected: false,
        isSettled: true,
        ...(PercentProgress === undefined ? {} : { share: PercentProgress / 100 }),
      };
    },
    async delete() {
      await account.call('rds:DeleteDBSnapshot', { DBSnapshotIdentifier: identifier });
    },
  };
}

/** By its name, or by its ARN where another account shares it. Undefined: there is none. Throws CloudError. */
export async function describeSnapshot(account: AwsAccount, identifier: string, signal?: AbortSignal): Promise<DbSnapshot | undefined> {
  const input = { DBSnapshotIdentifier: identifier, ...(identifier.startsWith('arn:') ? { IncludeShared: true } : {}) };
  const answer = await account.call('rds:DescribeDBSnapshots', input, signal).catch(unlessGone('DBSnapshotNotFound'));
  return answer?.DBSnapshots?.[0];
}

/** Every one that fits, from all pages. Throws CloudError. */
export async function listSnapshots(
  account: AwsAccount,
  which: Pick<AwsOperations['rds:DescribeDBSnapshots']['input'], 'DBInstanceIdentifier' | 'SnapshotType'>,
  signal?: AbortSignal,
): Promise<readonly DbSnapshot[]> {
  return await allPages(
    (page) => account.call('rds:DescribeDBSnapshots', { ...which, ...page }, signal),
    ({ DBSnapshots }) => DBSnapshots,
  );
}
