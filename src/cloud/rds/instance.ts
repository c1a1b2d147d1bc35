import type { AwsAccount } from '../../core/aws.ts';
import type { DbInstance } from '../../core/aws-things.ts';
import { allPages } from '../all-pages.ts';
import { fromAwsTags } from '../cloud-tags.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { unlessGone } from '../unless-gone.ts';
import { instanceStates } from './instance-states.ts';

/** An instance of ours, by its name. */
export function rdsInstance(account: AwsAccount, identifier: string): CloudThing {
  return {
    label: `instance ${identifier}`,
    states: instanceStates,
    async look(signal) {
      const found = await describeInstance(account, identifier, signal);
      if (found === undefined) return undefined;
      const { MasterUserPassword, BackupRetentionPeriod } = found.PendingModifiedValues ?? {};
      return {
        status: found.DBInstanceStatus ?? 'unknown',
        tags: fromAwsTags(found.TagList),
        isProtected: found.DeletionProtection === true,
        isSettled: MasterUserPassword === undefined && BackupRetentionPeriod === undefined,
      };
    },
    async delete() {
      // A final snapshot would stay, and is refused in the states in which an instance most needs to go.
      await account.call('rds:DeleteDBInstance', { DBInstanceIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true });
    },
    async unprotect() {
      await account.call('rds:ModifyDBInstance', { DBInstanceIdentifier: identifier, DeletionProtection: false, ApplyImmediately: true });
    },
  };
}

/** Undefined: there is none of this name in this account and region. Throws CloudError. */
export async function describeInstance(account: AwsAccount, identifier: string, signal?: AbortSignal): Promise<DbInstance | undefined> {
  const answer = await account.call('rds:DescribeDBInstances', { DBInstanceIdentifier: identifier }, signal).catch(unlessGone('DBInstanceNotFound'));
  return answer?.DBInstances?.[0];
}

/** All of the account in the region. Throws CloudError. */
export async function listInstances(account: AwsAccount, signal?: AbortSignal): Promise<readonly DbInstance[]> {
  return await allPages(
    (page) => account.call('rds:DescribeDBInstances', page, signal),
    ({ DBInstances }) => DBInstances,
  );
}
