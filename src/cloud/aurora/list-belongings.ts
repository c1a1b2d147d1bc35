import type { AwsAccount } from '../../core/aws.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { fromAwsTags } from '../cloud-tags.ts';
import type { Belonging, CloudPlace } from '../inventory.ts';
import { listInstances } from '../rds/instance.ts';
import { listClusters } from './cluster.ts';
import { listClusterSnapshots } from './cluster-snapshot.ts';

/** What there is of Aurora in a place, whoever made it: instances before the clusters that can't go before them. Throws CloudError. */
export async function listAurora(account: AwsAccount, place: CloudPlace, signal?: AbortSignal): Promise<readonly Belonging[]> {
  const instances = (await listInstances(account, signal))
    .filter(({ DBClusterIdentifier }) => DBClusterIdentifier !== undefined)
    .map(({ DBInstanceIdentifier: identifier = '', DBInstanceStatus: status = 'unknown', TagList, DBInstanceClass: instanceClass }): Belonging => {
      return { thing: 'aurora-instance', identifier, place, status, tags: fromAwsTags(TagList), ...withoutUndefined({ instanceClass }) };
    });
  const clusters = (await listClusters(account, signal)).map(({ DBClusterIdentifier: identifier = '', Status: status = 'unknown', TagList }): Belonging => {
    return { thing: 'aurora-cluster', identifier, place, status, tags: fromAwsTags(TagList) };
  });
  const snapshots = (await listClusterSnapshots(account, { SnapshotType: 'manual' }, signal)).map(
    ({ DBClusterSnapshotIdentifier: identifier = '', Status: status = 'unknown', TagList }): Belonging => {
      return { thing: 'aurora-snapshot', identifier, place, status, tags: fromAwsTags(TagList) };
    },
  );
  return [...instances, ...clusters, ...snapshots];
}
