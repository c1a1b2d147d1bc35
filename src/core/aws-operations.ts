import type { AwsTag, DbCluster, DbClusterSnapshot, DbInstance, DbSnapshot, Ec2Instance } from './aws-things.ts';

/** What both ways to a new cluster take alike. */
interface NewCluster {
  readonly DBClusterIdentifier: string;
  readonly DBSubnetGroupName?: string;
  readonly VpcSecurityGroupIds?: readonly string[];
  readonly DBClusterParameterGroupName?: string;
  readonly ServerlessV2ScalingConfiguration?: { readonly MinCapacity: number; readonly MaxCapacity: number };
  readonly DeletionProtection: boolean;
  readonly CopyTagsToSnapshot: boolean;
  readonly Tags: readonly AwsTag[];
}

/** Which page of a listing, and how much of it. */
export interface Page {
  readonly Marker?: string;
  readonly MaxRecords?: number;
}

/** What listings of snapshots take alike, whether of instances or of clusters. */
export interface SnapshotListing extends Page {
  /** Automated and manual ones of this account unless given. */
  readonly SnapshotType?: 'automated' | 'manual' | 'shared' | 'public' | 'awsbackup';
  readonly IncludeShared?: boolean;
}

/**
 * The calls of AWS that we make, and no other: the policy that `doctor --iam` prints has an entry for each. Input and output have the names of the service's
 * own API; of an output only what we read is named.
 */
export interface AwsOperations {
  'sts:GetCallerIdentity': {
    readonly input: Record<string, never>;
    readonly output: { readonly Account?: string | undefined; readonly Arn?: string | undefined };
  };
  'rds:DescribeDBInstances': {
    readonly input: Page & { readonly DBInstanceIdentifier?: string };
    readonly output: { readonly DBInstances?: readonly DbInstance[] | undefined; readonly Marker?: string | undefined };
  };
  'rds:DescribeDBSubnetGroups': {
    readonly input: { readonly DBSubnetGroupName: string };
    readonly output: { readonly DBSubnetGroups?: readonly object[] | undefined };
  };
  'rds:DescribeDBParameterGroups': {
    readonly input: { readonly DBParameterGroupName: string };
    readonly output: { readonly DBParameterGroups?: readonly { readonly DBParameterGroupFamily?: string | undefined }[] | undefined };
  };
  'rds:DescribeDBClusterParameterGroups': {
    readonly input: { readonly DBClusterParameterGroupName: string };
    readonly output: { readonly DBClusterParameterGroups?: readonly { readonly DBParameterGroupFamily?: string | undefined }[] | undefined };
  };
  'rds:DescribeOrderableDBInstanceOptions': {
    readonly input: { readonly Engine: string; readonly DBInstanceClass: string; readonly MaxRecords: number };
    readonly output: { readonly OrderableDBInstanceOptions?: readonly object[] | undefined };
  };
  'kms:DescribeKey': {
    readonly input: { readonly KeyId: string };
    readonly output: { readonly KeyMetadata?: { readonly KeyState?: string | undefined; readonly KeySpec?: string | undefined } | undefined };
  };
  'ec2:DescribeSecurityGroups': {
    readonly input: { readonly GroupIds: readonly string[] };
    readonly output: { readonly SecurityGroups?: readonly object[] | undefined };
  };
  'rds:DescribeDBSnapshots': {
    readonly input: SnapshotListing & { readonly DBInstanceIdentifier?: string; readonly DBSnapshotIdentifier?: string };
    readonly output: { readonly DBSnapshots?: readonly DbSnapshot[] | undefined; readonly Marker?: string | undefined };
  };
  'rds:CreateDBSnapshot': {
    readonly input: { readonly DBInstanceIdentifier: string; readonly DBSnapshotIdentifier: string; readonly Tags: readonly AwsTag[] };
    readonly output: { readonly DBSnapshot?: DbSnapshot | undefined };
  };
  'rds:CopyDBSnapshot': {
    readonly input: {
      readonly SourceDBSnapshotIdentifier: string;
      readonly TargetDBSnapshotIdentifier: string;
      readonly KmsKeyId: string;
      readonly CopyTags: false;
      readonly Tags: readonly AwsTag[];
    };
    readonly output: { readonly DBSnapshot?: DbSnapshot | undefined };
  };
  'rds:DeleteDBSnapshot': { readonly input: { readonly DBSnapshotIdentifier: string }; readonly output: { readonly DBSnapshot?: DbSnapshot | undefined } };
  'rds:RestoreDBInstanceFromDBSnapshot': {
    readonly input: {
      readonly DBInstanceIdentifier: string;
      readonly DBSnapshotIdentifier: string;
      readonly DBInstanceClass: string;
      readonly DBSubnetGroupName?: string;
      readonly VpcSecurityGroupIds?: readonly string[];
      readonly DBParameterGroupName?: string;
      readonly AvailabilityZone?: string;
      readonly MultiAZ: boolean;
      readonly PubliclyAccessible: boolean;
      readonly DeletionProtection: boolean;
      readonly AutoMinorVersionUpgrade: boolean;
      readonly CopyTagsToSnapshot: boolean;
      readonly StorageType?: string;
      readonly BackupRetentionPeriod?: number;
      readonly Tags: readonly AwsTag[];
    };
    readonly output: { readonly DBInstance?: DbInstance | undefined };
  };
  'rds:ModifyDBInstance': {
    readonly input: {
      readonly DBInstanceIdentifier: string;
      readonly ApplyImmediately: boolean;
      readonly MasterUserPassword?: string;
      readonly BackupRetentionPeriod?: number;
      readonly DeletionProtection?: boolean;
    };
    readonly output: { readonly DBInstance?: DbInstance | undefined };
  };
  'ec2:DescribeInstances': {
    readonly input: {
      readonly InstanceIds?: readonly string[];
      readonly Filters?: readonly { readonly Name: string; readonly Values: readonly string[] }[];
      readonly NextToken?: string;
    };
    readonly output: {
      readonly Reservations?: readonly { readonly Instances?: readonly Ec2Instance[] | undefined }[] | undefined;
      readonly NextToken?: string | undefined;
    };
  };
  'ssm:DescribeInstanceInformation': {
    readonly input: { readonly Filters: readonly { readonly Key: string; readonly Values: readonly string[] }[]; readonly NextToken?: string };
    readonly output: {
      readonly InstanceInformationList?:
        | readonly { readonly InstanceId?: string | undefined; readonly PingStatus?: string | undefined; readonly AgentVersion?: string | undefined }[]
        | undefined;
      readonly NextToken?: string | undefined;
    };
  };
  'ssm:StartSession': {
    readonly input: {
      readonly Target: string;
      readonly DocumentName: string;
      readonly Reason: string;
      readonly Parameters: Readonly<Record<string, readonly string[]>>;
    };
    readonly output: { readonly SessionId?: string | undefined; readonly StreamUrl?: string | undefined; readonly TokenValue?: string | undefined };
  };
  'ssm:DescribeSessions': {
    readonly input: {
      readonly State: 'Active';
      readonly Filters: readonly { readonly key: 'Target'; readonly value: string }[];
      readonly NextToken?: string;
    };
    readonly output: {
      readonly Sessions?: readonly { readonly SessionId?: string | undefined; readonly Reason?: string | undefined }[] | undefined;
      readonly NextToken?: string | undefined;
    };
  };
  'ssm:TerminateSession': { readonly input: { readonly SessionId: string }; readonly output: { readonly SessionId?: string | undefined } };
  'ssm:GetParameter': {
    readonly input: { readonly Name: string; readonly WithDecryption: true };
    readonly output: { readonly Parameter?: { readonly Value?: string | undefined } | undefined };
  };
  'secretsmanager:GetSecretValue': {
    readonly input: { readonly SecretId: string };
    readonly output: { readonly SecretString?: string | undefined };
  };
  'rds:DescribeDBClusters': {
    readonly input: Page & { readonly DBClusterIdentifier?: string };
    readonly output: { readonly DBClusters?: readonly DbCluster[] | undefined; readonly Marker?: string | undefined };
  };
  'rds:DescribeDBClusterSnapshots': {
    readonly input: SnapshotListing & { readonly DBClusterIdentifier?: string; readonly DBClusterSnapshotIdentifier?: string };
    readonly output: { readonly DBClusterSnapshots?: readonly DbClusterSnapshot[] | undefined; readonly Marker?: string | undefined };
  };
  'rds:CreateDBClusterSnapshot': {
    readonly input: { readonly DBClusterIdentifier: string; readonly DBClusterSnapshotIdentifier: string; readonly Tags: readonly AwsTag[] };
    readonly output: { readonly DBClusterSnapshot?: DbClusterSnapshot | undefined };
  };
  'rds:DeleteDBClusterSnapshot': {
    readonly input: { readonly DBClusterSnapshotIdentifier: string };
    readonly output: { readonly DBClusterSnapshot?: DbClusterSnapshot | undefined };
  };
  'rds:RestoreDBClusterToPointInTime': {
    readonly input: NewCluster & {
      readonly SourceDBClusterIdentifier: string;
      readonly RestoreType: 'copy-on-write';
      readonly UseLatestRestorableTime: true;
    };
    readonly output: { readonly DBCluster?: DbCluster | undefined };
  };
  'rds:RestoreDBClusterFromSnapshot': {
    readonly input: NewCluster & { readonly SnapshotIdentifier: string; readonly Engine: 'aurora-postgresql'; readonly KmsKeyId?: string };
    readonly output: { readonly DBCluster?: DbCluster | undefined };
  };
  'rds:ModifyDBCluster': {
    readonly input: {
      readonly DBClusterIdentifier: string;
      readonly ApplyImmediately: boolean;
      readonly MasterUserPassword?: string;
      readonly DeletionProtection?: boolean;
    };
    readonly output: { readonly DBCluster?: DbCluster | undefined };
  };
  'rds:DeleteDBCluster': {
    readonly input: { readonly DBClusterIdentifier: string; readonly SkipFinalSnapshot: true; readonly DeleteAutomatedBackups: true };
    readonly output: { readonly DBCluster?: DbCluster | undefined };
  };
  'rds:CreateDBInstance': {
    readonly input: {
      readonly DBInstanceIdentifier: string;
      readonly DBClusterIdentifier: string;
      readonly Engine: 'aurora-postgresql';
      readonly DBInstanceClass: string;
      readonly DBParameterGroupName?: string;
      readonly PubliclyAccessible: boolean;
      readonly AutoMinorVersionUpgrade: boolean;
      readonly Tags: readonly AwsTag[];
    };
    readonly output: { readonly DBInstance?: DbInstance | undefined };
  };
  'rds:DeleteDBInstance': {
    readonly input: { readonly DBInstanceIdentifier: string; readonly SkipFinalSnapshot: true; readonly DeleteAutomatedBackups?: boolean };
    readonly output: { readonly DBInstance?: DbInstance | undefined };
  };
}

export type AwsOperation = keyof AwsOperations;
