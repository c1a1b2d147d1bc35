import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster } from '../../core/aws-things.ts';
import { listClusters } from './cluster.ts';

/** Copy-on-write clones of one lineage, clones of clones included; the next becomes a full copy: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.html. */
export const cloneLimit = 15;

/**
 * What has to be told before production is cloned; undefined: nothing. Other accounts' clones count as well, and aren't seen from here. Throws CloudError.
 */
export async function warnOfFullCopy(account: AwsAccount, production: DbCluster | undefined, signal?: AbortSignal): Promise<string | undefined> {
  const group = production?.CloneGroupId;
  if (group === undefined || group === '') return undefined;
  const clones = (await listClusters(account, signal)).filter(({ CloneGroupId }) => CloneGroupId === group).length - 1;
  if (clones < cloneLimit) return undefined;
  return `${production?.DBClusterIdentifier} has ${clones} copy-on-write clones already, and Aurora allows ${cloneLimit}: the next one becomes a full copy, which takes as long and costs as much storage as production’s size asks for.`;
}
