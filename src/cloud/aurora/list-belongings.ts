import type { AwsAccount } from '../../core/aws.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import type { ThingKind } from '../cloud-facts.ts';
import { type CloudTags, fromAwsTags } from '../cloud-tags.ts';
import { listInstances } from '../rds/instance.ts';
import { listClusters } from './cluster.ts';
import { listClusterSnapshots } from './cluster-snapshot.ts';

interface Listed {
  readonly thing: ThingKind;
  readonly identifier: string;
  readonly status: string;
  readonly tags: CloudTags;
  readonly instanceClass?: string;
}

/** What there is of Aurora in an account and region, whoever made it: instances before the clusters that can't go before them. Throws CloudError. */
export async function listAurora(account: AwsAccount, signal?: AbortSignal): Promise<readonly Listed[]> {
  const instances = (await listInstances(account, signal))
    .filter(({ DBClusterIdentifier }) => DBClusterIdentifier !== undefined)
    .map(({ DBInstanceIdentifier: identifier = '', DBInstanceStatus: status = 'unknown', TagList, DBInstanceClass: instanceClass }): Listed => {
      return { thing: 'aurora-instance', identifier, status, tags: fromAwsTags(TagList), ...withoutUndefined({ instanceClass }) };
    });
  const clusters = (await listClusters(account, signal)).map(({ DBClusterIdentifier: identifier = '', Status: status = 'unknown', TagList }): Listed => {
    return { thing: 'aurora-cluster', identifier, status, tags: fromAwsTags(TagList) };
  });
  const snapshots = (await listClusterSnapshots(account, { SnapshotType: 'manual' }, signal)).map(
    ({ DBClusterSnapshotIdentifier: identifier = '', Status: status = 'unknown', TagList }): Listed => {
      return { thing: 'aurora-snapshot', identifier, status, tags: fromAwsTags(TagList) };
    },
  );
  return [...instances, ...clusters, ...snapshots];
}
