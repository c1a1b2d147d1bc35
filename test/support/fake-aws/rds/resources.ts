import type { BackingServer, FrozenData, Major } from './backing-server.ts';
import { Lifecycle } from './lifecycle.ts';

export type Tags = Map<string, string>;

export interface Instance {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  /** Absent until it has been made. */
  server?: BackingServer;
  readonly master: string;
  readonly engineVersion: string;
  readonly major: Major;
  readonly databaseName: string;
  instanceClass: string;
  allocatedGb: number;
  storageType: string;
  multiAz: boolean;
  publiclyAccessible: boolean;
  deletionProtection: boolean;
  backupRetentionDays: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  parameterGroup: string;
  readonly createdAt: Date;
  readonly tags: Tags;
  readonly life: Lifecycle;
}

export interface Snapshot {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly type: 'automated' | 'manual' | 'awsbackup' | 'shared';
  readonly instanceId: string;
  readonly of: Pick<Instance, 'master' | 'engineVersion' | 'major' | 'databaseName' | 'allocatedGb' | 'storageType' | 'encrypted' | 'kmsKeyId'>;
  readonly createdAt: Date;
  readonly tags: Tags;
  readonly life: Lifecycle;
  data?: FrozenData;
}

/** Limits and moods of the stand-in, changed by tests while it runs. */
export interface Circumstances {
  /** Most results on one page of a description. */
  pageSize: number;
  /** How often each state on the way is told. */
  polls: number;
  instanceQuota: number;
  snapshotQuota: number;
  /** Instance classes for which no room is left. */
  readonly noCapacity: Set<string>;
  /** Keys that nobody here may use. */
  readonly forbiddenKeys: Set<string>;
  /** In which state a restored instance ends. */
  restoredAs:
    | 'available'
    | 'incompatible-restore'
    | 'incompatible-network'
    | 'incompatible-parameters'
    | 'storage-full'
    | 'inaccessible-encryption-credentials'
    | 'failed';
}

export const newLife = () => new Lifecycle('available');
