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
  readonly engine: 'postgres' | 'aurora-postgresql';
  readonly engineVersion: string;
  readonly major: Major;
  readonly databaseName: string;
  /** Set: it is a member of this cluster, whose server it shares. */
  readonly clusterId?: string;
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
  /** A new master password that doesn't hold yet. */
  pendingPassword?: boolean;
}

export interface Snapshot {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly type: 'automated' | 'manual' | 'awsbackup' | 'shared' | 'public';
  readonly instanceId: string;
  readonly of: Pick<Instance, 'master' | 'engine' | 'engineVersion' | 'major' | 'databaseName' | 'allocatedGb' | 'storageType' | 'encrypted' | 'kmsKeyId'>;
  readonly createdAt: Date;
  readonly tags: Tags;
  readonly life: Lifecycle;
  /** Accounts that it is shared with; `all` for everybody. */
  readonly sharedWith?: readonly string[];
  data?: FrozenData;
}

/** Aurora's: one storage, with any number of instances that serve it. */
export interface Cluster {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly engineVersion: string;
  readonly major: Major;
  readonly master: string;
  readonly databaseName: string;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
  deletionProtection: boolean;
  backupRetentionDays: number;
  readonly createdAt: Date;
  readonly tags: Tags;
  readonly life: Lifecycle;
  /** Shared by all clones of one lineage. */
  readonly cloneGroup: string;
  /** How it came to be. */
  readonly origin: 'made' | 'copy-on-write' | 'full-copy';
  /** Its storage; the server over it starts with the first instance. */
  data?: FrozenData;
  server?: BackingServer;
}

export interface ClusterSnapshot {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly type: Snapshot['type'];
  readonly clusterId: string;
  readonly of: Pick<Cluster, 'master' | 'engineVersion' | 'major' | 'databaseName' | 'encrypted' | 'kmsKeyId'>;
  readonly createdAt: Date;
  readonly tags: Tags;
  readonly life: Lifecycle;
  data?: FrozenData;
}

export const newLife = () => new Lifecycle('available');
