import { XmlList, type XmlValue } from '../query-protocol.ts';
import type { Instance, Snapshot, Tags } from './resources.ts';

/** As the API names things: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html. */
export function describeInstance(instance: Instance, status: string): { readonly [name: string]: XmlValue } {
  const { server } = instance;
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: instance.arn,
    DbiResourceId: `db-${instance.id.toUpperCase()}`,
    DBInstanceClass: instance.instanceClass,
    Engine: 'postgres',
    EngineVersion: instance.engineVersion,
    DBInstanceStatus: status,
    MasterUsername: instance.master,
    DBName: instance.databaseName,
    // Told as soon as it exists, which is before it answers.
    Endpoint: server === undefined ? undefined : { Address: hostOf(instance), Port: server.port },
    AllocatedStorage: instance.allocatedGb,
    StorageType: instance.storageType,
    StorageEncrypted: instance.encrypted,
    KmsKeyId: instance.kmsKeyId,
    InstanceCreateTime: instance.createdAt,
    BackupRetentionPeriod: instance.backupRetentionDays,
    MultiAZ: instance.multiAz,
    PubliclyAccessible: instance.publiclyAccessible,
    DeletionProtection: instance.deletionProtection,
    AvailabilityZone: `${instance.region}a`,
    DBSubnetGroup: { DBSubnetGroupName: instance.subnetGroup, VpcId: 'vpc-1', SubnetGroupStatus: 'Complete' },
    VpcSecurityGroups: new XmlList(
      'VpcSecurityGroupMembership',
      instance.securityGroups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' })),
    ),
    DBParameterGroups: new XmlList('DBParameterGroup', [{ DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: 'in-sync' }]),
    TagList: describeTags(instance.tags),
  };
}

export function describeSnapshot(snapshot: Snapshot, status: string): { readonly [name: string]: XmlValue } {
  return {
    DBSnapshotIdentifier: snapshot.id,
    DBSnapshotArn: snapshot.arn,
    DBInstanceIdentifier: snapshot.instanceId,
    SnapshotCreateTime: status === 'creating' ? undefined : snapshot.createdAt,
    Engine: 'postgres',
    EngineVersion: snapshot.of.engineVersion,
    Status: status,
    PercentProgress: status === 'available' ? 100 : 40,
    SnapshotType: snapshot.type,
    AllocatedStorage: snapshot.of.allocatedGb,
    StorageType: snapshot.of.storageType,
    Encrypted: snapshot.of.encrypted,
    KmsKeyId: snapshot.of.kmsKeyId,
    MasterUsername: snapshot.of.master,
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
