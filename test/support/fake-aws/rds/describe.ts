import { XmlList, type XmlValue } from '../query-protocol.ts';
import type { Circumstances } from './circumstances.ts';
import type { Cluster, ClusterSnapshot, Instance, Snapshot, Tags } from './resources.ts';

type Told = { readonly [name: string]: XmlValue };

/** As the API names things: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html. */
export function describeInstance(instance: Instance, status: string, endpoints: Circumstances['endpoints']): Told {
  const { server } = instance;
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: `db-${instance.id.toUpperCase()}`,
    DBInstanceClass: instance.instanceClass,
    Engine: instance.engine,
    EngineVersion: instance.engineVersion,
    DBInstanceStatus: status,
    MasterUsername: instance.master,
    DBName: instance.databaseName,
    DBClusterIdentifier: instance.clusterId,
    // Told as soon as it exists, which is before it answers.
    Endpoint:
      server === undefined
        ? undefined
        : { Address: endpoints === 'localhost' ? 'localhost' : hostOf(instance), Port: server.port, HostedZoneId: 'Z1RLNUO7B9Q6NB' },
    AllocatedStorage: instance.allocatedGb,
    StorageType: instance.storageType,
    StorageEncrypted: instance.encrypted,
    KmsKeyId: instance.kmsKeyId,
    InstanceCreateTime: status === 'creating' ? undefined : instance.createdAt,
    LatestRestorableTime: instance.backupRetentionDays > 0 && status !== 'creating' && instance.clusterId === undefined ? new Date() : undefined,
    BackupRetentionPeriod: instance.backupRetentionDays,
    MultiAZ: instance.multiAz,
    PubliclyAccessible: instance.publiclyAccessible,
    DeletionProtection: instance.deletionProtection,
    AvailabilityZone: status === 'creating' ? undefined : `${instance.region}a`,
    AutoMinorVersionUpgrade: true,
    LicenseModel: 'postgresql-license',
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    IAMDatabaseAuthenticationEnabled: false,
    PendingModifiedValues: instance.pendingPassword === true ? { MasterUserPassword: '****' } : undefined,
    DBSubnetGroup: { DBSubnetGroupName: instance.subnetGroup, VpcId: 'vpc-1', SubnetGroupStatus: 'Complete' },
    VpcSecurityGroups: securityGroupsOf(instance.securityGroups),
    DBParameterGroups: new XmlList('DBParameterGroup', [{ DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: 'in-sync' }]),
    OptionGroupMemberships: new XmlList('OptionGroupMembership', [{ OptionGroupName: `default:postgres-${instance.major}`, Status: 'in-sync' }]),
    TagList: describeTags(instance.tags),
  };
}

/** @param left how often the state will still be told: progress grows while it falls. */
export function describeSnapshot(snapshot: Snapshot, status: string, left = 1): Told {
  return {
    // Somebody else's goes by its whole ARN.
    DBSnapshotIdentifier: snapshot.type === 'shared' || snapshot.type === 'public' ? snapshot.arn : snapshot.id,
    DBSnapshotArn: snapshot.arn,
    DBInstanceIdentifier: snapshot.instanceId,
    DbiResourceId: `db-${snapshot.instanceId.toUpperCase()}`,
    SnapshotCreateTime: status === 'creating' ? undefined : snapshot.createdAt,
    OriginalSnapshotCreateTime: status === 'creating' ? undefined : snapshot.createdAt,
    Engine: snapshot.of.engine,
    EngineVersion: snapshot.of.engineVersion,
    Status: status,
    PercentProgress: progressOf(status, left),
    SnapshotType: snapshot.type,
    AllocatedStorage: snapshot.of.allocatedGb,
    StorageType: snapshot.of.storageType,
    Encrypted: snapshot.of.encrypted,
    KmsKeyId: snapshot.of.kmsKeyId,
    MasterUsername: snapshot.of.master,
    AvailabilityZone: `${snapshot.region}a`,
    VpcId: 'vpc-1',
    Port: 5432,
    LicenseModel: 'postgresql-license',
    OptionGroupName: `default:postgres-${snapshot.of.major}`,
    TagList: describeTags(snapshot.tags),
  };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBCluster.html. */
export function describeCluster(cluster: Cluster, members: readonly Instance[], status: string, endpoints: Circumstances['endpoints']): Told {
  const host = (kind: 'cluster' | 'cluster-ro') => (endpoints === 'localhost' ? 'localhost' : clusterHostOf(cluster, kind));
  return {
    DBClusterIdentifier: cluster.id,
    DBClusterArn: cluster.arn,
    DbClusterResourceId: `cluster-${cluster.id.toUpperCase()}`,
    Status: status,
    Engine: 'aurora-postgresql',
    EngineMode: 'provisioned',
    EngineVersion: cluster.engineVersion,
    DatabaseName: cluster.databaseName,
    MasterUsername: cluster.master,
    Endpoint: host('cluster'),
    ReaderEndpoint: host('cluster-ro'),
    // The names are there from the beginning; a server behind them only with the first instance.
    Port: cluster.server?.port ?? 5432,
    MultiAZ: members.length > 1,
    AllocatedStorage: 1,
    StorageEncrypted: cluster.encrypted,
    KmsKeyId: cluster.kmsKeyId,
    BackupRetentionPeriod: cluster.backupRetentionDays,
    DeletionProtection: cluster.deletionProtection,
    ClusterCreateTime: cluster.createdAt,
    EarliestRestorableTime: cluster.createdAt,
    LatestRestorableTime: new Date(),
    CloneGroupId: cluster.cloneGroup,
    DBSubnetGroup: cluster.subnetGroup,
    DBClusterParameterGroup: cluster.parameterGroup,
    VpcSecurityGroups: securityGroupsOf(cluster.securityGroups),
    DBClusterMembers: new XmlList(
      'DBClusterMember',
      members.map(({ id }, at) => ({ DBInstanceIdentifier: id, IsClusterWriter: at === 0, DBClusterParameterGroupStatus: 'in-sync', PromotionTier: 1 })),
    ),
    TagList: describeTags(cluster.tags),
  };
}

export function describeClusterSnapshot(snapshot: ClusterSnapshot, status: string, left = 1): Told {
  return {
    DBClusterSnapshotIdentifier: snapshot.type === 'shared' || snapshot.type === 'public' ? snapshot.arn : snapshot.id,
    DBClusterSnapshotArn: snapshot.arn,
    DBClusterIdentifier: snapshot.clusterId,
    SnapshotCreateTime: snapshot.createdAt,
    Engine: 'aurora-postgresql',
    EngineVersion: snapshot.of.engineVersion,
    Status: status,
    PercentProgress: progressOf(status, left),
    SnapshotType: snapshot.type,
    MasterUsername: snapshot.of.master,
    StorageEncrypted: snapshot.of.encrypted,
    KmsKeyId: snapshot.of.kmsKeyId,
    VpcId: 'vpc-1',
    TagList: describeTags(snapshot.tags),
  };
}

export function describeTags(tags: Tags): XmlList {
  return new XmlList(
    'Tag',
    [...tags].map(([Key, Value]) => ({ Key, Value })),
  );
}

/** A name that only a tunnel can reach, as that of a private instance. */
export function hostOf({ id, region }: Pick<Instance, 'id' | 'region'>): string {
  return `${id}.c0ffee.${region}.rds.amazonaws.com`;
}

export function clusterHostOf({ id, region }: Pick<Cluster, 'id' | 'region'>, kind: 'cluster' | 'cluster-ro'): string {
  return `${id}.${kind}-c0ffee.${region}.rds.amazonaws.com`;
}

function securityGroupsOf(ids: readonly string[]): XmlList {
  return new XmlList(
    'VpcSecurityGroupMembership',
    ids.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
  );
}

function progressOf(status: string, left: number): number {
  if (status === 'available') return 100;
  return Math.max(0, 90 - 10 * Math.min(left, 9));
}
