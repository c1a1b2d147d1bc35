export interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** As AWS tells it; only what we read. */
export interface DbInstance {
  readonly DBInstanceIdentifier?: string | undefined;
  readonly DBInstanceArn?: string | undefined;
  readonly DbiResourceId?: string | undefined;
  readonly DBInstanceStatus?: string | undefined;
  readonly DBInstanceClass?: string | undefined;
  readonly DBClusterIdentifier?: string | undefined;
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly MasterUsername?: string | undefined;
  readonly DBName?: string | undefined;
  readonly Endpoint?: { readonly Address?: string | undefined; readonly Port?: number | undefined } | undefined;
  readonly AllocatedStorage?: number | undefined;
  readonly StorageType?: string | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly MultiAZ?: boolean | undefined;
  readonly AvailabilityZone?: string | undefined;
  readonly PubliclyAccessible?: boolean | undefined;
  readonly DeletionProtection?: boolean | undefined;
  readonly BackupRetentionPeriod?: number | undefined;
  readonly DBSubnetGroup?: { readonly DBSubnetGroupName?: string | undefined; readonly VpcId?: string | undefined } | undefined;
  readonly VpcSecurityGroups?: readonly { readonly VpcSecurityGroupId?: string | undefined }[] | undefined;
  readonly DBParameterGroups?: readonly { readonly DBParameterGroupName?: string | undefined }[] | undefined;
  readonly CACertificateIdentifier?: string | undefined;
  readonly InstanceCreateTime?: Date | undefined;
  /** What was asked for and isn't so yet; a password is told as stars. */
  readonly PendingModifiedValues?: { readonly MasterUserPassword?: string | undefined; readonly BackupRetentionPeriod?: number | undefined } | undefined;
  readonly TagList?: readonly AwsTag[] | undefined;
}

/** What snapshots of instances and of clusters tell alike. */
interface StoredSnapshot {
  readonly SnapshotType?: string | undefined;
  readonly Status?: string | undefined;
  readonly PercentProgress?: number | undefined;
  readonly SnapshotCreateTime?: Date | undefined;
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly TagList?: readonly AwsTag[] | undefined;
}

export interface DbSnapshot extends StoredSnapshot {
  readonly DBSnapshotIdentifier?: string | undefined;
  readonly DBSnapshotArn?: string | undefined;
  readonly DBInstanceIdentifier?: string | undefined;
  readonly DbiResourceId?: string | undefined;
  readonly OriginalSnapshotCreateTime?: Date | undefined;
  readonly AllocatedStorage?: number | undefined;
  readonly Encrypted?: boolean | undefined;
  readonly MasterUsername?: string | undefined;
  readonly StorageType?: string | undefined;
}

/** Aurora's: one storage, and the instances that serve it. */
export interface DbCluster {
  readonly DBClusterIdentifier?: string | undefined;
  readonly DBClusterArn?: string | undefined;
  readonly DbClusterResourceId?: string | undefined;
  readonly Status?: string | undefined;
  readonly Engine?: string | undefined;
  readonly EngineMode?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly DatabaseName?: string | undefined;
  readonly MasterUsername?: string | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly DeletionProtection?: boolean | undefined;
  readonly LatestRestorableTime?: Date | undefined;
  /** The same for a cluster and its copy-on-write clones. */
  readonly CloneGroupId?: string | undefined;
  /** Its name only, unlike an instance's. */
  readonly DBSubnetGroup?: string | undefined;
  readonly DBClusterParameterGroup?: string | undefined;
  readonly VpcSecurityGroups?: readonly { readonly VpcSecurityGroupId?: string | undefined }[] | undefined;
  readonly DBClusterMembers?: readonly { readonly DBInstanceIdentifier?: string | undefined; readonly IsClusterWriter?: boolean | undefined }[] | undefined;
  readonly ServerlessV2ScalingConfiguration?: { readonly MinCapacity?: number | undefined; readonly MaxCapacity?: number | undefined } | undefined;
  readonly PendingModifiedValues?: { readonly MasterUserPassword?: string | undefined } | undefined;
  readonly TagList?: readonly AwsTag[] | undefined;
}

export interface DbClusterSnapshot extends StoredSnapshot {
  readonly DBClusterSnapshotIdentifier?: string | undefined;
  readonly DBClusterSnapshotArn?: string | undefined;
  readonly DBClusterIdentifier?: string | undefined;
  readonly DbClusterResourceId?: string | undefined;
  readonly StorageEncrypted?: boolean | undefined;
}

export interface Ec2Instance {
  readonly InstanceId?: string | undefined;
  readonly State?: { readonly Name?: string | undefined } | undefined;
  readonly Tags?: readonly AwsTag[] | undefined;
}
