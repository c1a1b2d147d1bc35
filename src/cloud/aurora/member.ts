import type { AwsAccount } from '../../core/aws.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { rdsInstance } from '../rds/instance.ts';

/** An instance of ours in a cluster of ours, by its name. */
export function auroraMember(account: AwsAccount, identifier: string): CloudThing {
  return {
    ...rdsInstance(account, identifier),
    async delete() {
      // Backups are the cluster's, so that nothing is said of them here.
      await account.call('rds:DeleteDBInstance', { DBInstanceIdentifier: identifier, SkipFinalSnapshot: true });
    },
  };
}
