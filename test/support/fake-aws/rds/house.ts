import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { wordsFor } from '../named-errors.ts';
import { AwsError, type Call } from '../service.ts';
import type { FrozenData, Major } from './backing-server.ts';
import { usualCircumstances } from './circumstances.ts';
import type { Stage } from './lifecycle.ts';
import { list, type Params, text } from './params.ts';
import type { Cluster, ClusterSnapshot, Instance, Snapshot } from './resources.ts';

export const versions: Readonly<Record<Major, string>> = { 15: '15.18', 18: '18.4' };

/** All that there is in the stand-in for RDS, and the rules that hold for several kinds of it. */
export class House {
  readonly instances = new Map<string, Instance>();
  readonly clusters = new Map<string, Cluster>();
  /** By ARN. */
  readonly snapshots = new Map<string, Snapshot>();
  /** By ARN. */
  readonly clusterSnapshots = new Map<string, ClusterSnapshot>();
  readonly circumstances = usualCircumstances();
  readonly #root: string;
  #made = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** A new folder's path, for data. */
  folder(): string {
    mkdirSync(this.#root, { recursive: true, mode: 0o711 });
    this.#made += 1;
    return join(this.#root, `d${this.#made}`);
  }

  /** Takes data away that nothing shows any more: a long test makes hundreds of snapshots. What is being restored may still need it. */
  release({ data }: { readonly data?: FrozenData }): void {
    const all = [...this.snapshots.values(), ...this.clusterSnapshots.values(), ...this.clusters.values()];
    const isNeeded = all.some((one) => one.data?.folder === data?.folder) || [...this.instances.values()].some(({ life }) => life.isMoving);
    if (data !== undefined && !isNeeded) rmSync(data.folder, { recursive: true, force: true });
  }

  stage(status: string, enter?: () => Promise<void>): Stage {
    const polls = status === this.circumstances.stuckIn ? Number.POSITIVE_INFINITY : this.circumstances.polls;
    return { status, polls, ...(enter === undefined ? {} : { enter }) };
  }

  page<T>(all: readonly T[], params: Params): { readonly page: readonly T[]; readonly marker: string | undefined } {
    const asked = params.MaxRecords === undefined ? 100 : Number(text(params.MaxRecords));
    if (!Number.isInteger(asked) || asked < 20 || asked > 100) {
      throw new AwsError('InvalidParameterValue', `Invalid value ${asked} for MaxRecords. Must be between 20 and 100`);
    }
    const from = params.Marker === undefined ? 0 : Number(Buffer.from(text(params.Marker), 'base64').toString('utf8'));
    if (!Number.isInteger(from)) throw new AwsError('InvalidParameterValue', 'Invalid Marker.');
    const size = Math.min(this.circumstances.pageSize, asked);
    return { page: all.slice(from, from + size), marker: from + size < all.length ? Buffer.from(String(from + size)).toString('base64') : undefined };
  }

  mayUse(key: string | undefined): void {
    if (key !== undefined && this.circumstances.forbiddenKeys.has(key)) {
      throw new AwsError(
        'KMSKeyNotAccessibleFault',
        `The specified KMS key [${key}] does not exist, is not enabled or you do not have permissions to access it.`,
      );
    }
  }

  /** The network that something new is asked to be in. */
  network(params: Params): Pick<Instance, 'subnetGroup' | 'securityGroups'> {
    const subnetGroup = text(params.DBSubnetGroupName ?? 'default');
    const mood = this.circumstances.subnetGroups.get(subnetGroup);
    if (mood === undefined) throw new AwsError('DBSubnetGroupNotFoundFault', `DB subnet group '${subnetGroup}' does not exist.`, 404);
    if (mood !== 'good') throw ordered(mood);
    const securityGroups = list(params.VpcSecurityGroupIds) ?? ['sg-default'];
    const strange = securityGroups.find((id) => !this.circumstances.securityGroups.has(id));
    if (strange !== undefined) throw new AwsError('InvalidParameterValue', `Invalid security group , groupId= ${strange}, groupName=.`);
    return { subnetGroup, securityGroups };
  }

  parameterGroup(asked: Params[string], otherwise: string): string {
    if (asked === undefined) return otherwise;
    const name = text(asked);
    if (name.startsWith('default.') || this.circumstances.parameterGroups.has(name)) return name;
    throw new AwsError('DBParameterGroupNotFound', `DBParameterGroup not found: ${name}`, 404);
  }

  /** Room for one instance more. */
  roomFor(call: Call, instanceClass: string, gb: number, storageType: string): void {
    const { circumstances } = this;
    const own = [...this.instances.values()].filter((one) => isOwn(one, call));
    if (own.length >= circumstances.instanceQuota) throw ordered('InstanceQuotaExceeded');
    if (own.reduce((sum, { allocatedGb }) => sum + allocatedGb, gb) > circumstances.storageQuotaGb) throw ordered('StorageQuotaExceeded');
    if (circumstances.unsupportedStorage.has(`${instanceClass} ${storageType}`)) {
      throw new AwsError('StorageTypeNotSupported', `The storage type ${storageType} is not supported for the DB instance class ${instanceClass}.`);
    }
    if (circumstances.noCapacity.has(instanceClass)) {
      throw new AwsError('InsufficientDBInstanceCapacity', `${instanceClass} is not available in the specified Availability Zone.`);
    }
  }

  instance(call: Call, params: Params): Instance {
    const id = text(params.DBInstanceIdentifier);
    const found = this.instances.get(id.toLowerCase());
    if (found === undefined || !isOwn(found, call)) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
    return found;
  }

  cluster(call: Call, id: string): Cluster {
    const found = [...this.clusters.values()].find((one) => isOwn(one, call) && (one.id === id.toLowerCase() || one.arn === id));
    if (found === undefined) throw new AwsError('DBClusterNotFoundFault', `DBCluster ${id} not found.`, 404);
    return found;
  }

  membersOf(cluster: Cluster): readonly Instance[] {
    return [...this.instances.values()].filter(({ clusterId }) => clusterId === cluster.id);
  }
}

export function ordered(name: Parameters<typeof wordsFor>[0]): AwsError {
  const { message, status } = wordsFor(name);
  return new AwsError(name, message, status);
}

export function isOwn({ account, region }: { readonly account: string; readonly region: string }, call: Call): boolean {
  return account === call.identity.account && region === call.region;
}

export function notInState({ id, life }: Pick<Instance, 'id' | 'life'>): AwsError {
  return new AwsError('InvalidDBInstanceState', `Instance ${id} is not in available state, it is ${life.status}.`);
}
