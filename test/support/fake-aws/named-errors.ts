/** How AWS answers with an error: status 400 unless said. */
interface Words {
  readonly message: string;
  readonly status?: number;
}

/**
 * Errors that a test may order by name, with the status and the words of the real services: the Errors sections of
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html and CommonErrors.
 */
export const namedErrors = {
  // RDS, restoring and creating.
  InstanceQuotaExceeded: { message: 'Cannot create more than the allowed number of instances.' },
  StorageQuotaExceeded: { message: 'The request would result in the user exceeding the allowed amount of storage available across all DB instances.' },
  InsufficientDBInstanceCapacity: { message: "The specified DB instance class isn't available in the specified Availability Zone." },
  StorageTypeNotSupported: { message: "The specified storage type can't be associated with the DB instance." },
  KMSKeyNotAccessibleFault: { message: 'The specified KMS key does not exist, is not enabled or you do not have permissions to access it.' },
  InvalidDBSnapshotState: { message: "The state of the DB snapshot doesn't allow deletion or restore." },
  DBSnapshotNotFound: { message: "The specified snapshot doesn't exist.", status: 404 },
  DBInstanceAlreadyExists: { message: 'DB Instance already exists' },
  DBInstanceNotFound: { message: "The specified DB instance doesn't exist.", status: 404 },
  InvalidDBInstanceState: { message: 'Instance is not in available state.' },
  DBSnapshotAlreadyExists: { message: 'Cannot create the snapshot because a snapshot with that identifier already exists.' },
  SnapshotQuotaExceeded: { message: 'Cannot create more than the allowed number of snapshots.' },
  InvalidVPCNetworkStateFault: { message: "The DB subnet group doesn't cover all Availability Zones after it's created because of users' change." },
  InvalidSubnet: { message: 'The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.' },
  DBSubnetGroupDoesNotCoverEnoughAZs: {
    message: "Subnets in the DB subnet group should cover at least two Availability Zones unless there's only one Availability Zone.",
  },
  DBSubnetGroupNotFoundFault: { message: "The DB subnet group doesn't refer to an existing DB subnet group.", status: 404 },
  DBParameterGroupNotFound: { message: "The DB parameter group name doesn't refer to an existing DB parameter group.", status: 404 },
  InvalidRestoreFault: { message: "Can't restore from virtual private cloud (VPC) backup to non-VPC DB instance." },
  VpcEncryptionControlViolationException: { message: 'The operation violates VPC encryption control settings.' },
  ProvisionedIopsNotAvailableInAZFault: { message: "Provisioned IOPS isn't available in the specified Availability Zone." },
  CertificateNotFound: { message: "The CA certificate identifier doesn't refer to an existing certificate.", status: 404 },
  InvalidParameterCombination: { message: 'Parameters were used together that must not be.' },
  InvalidParameterValue: { message: 'An invalid or out-of-range value was supplied for the input parameter.' },
  // Aurora.
  DBClusterNotFoundFault: { message: "The DBCluster doesn't exist.", status: 404 },
  DBClusterAlreadyExistsFault: { message: 'The user already has a DB cluster with the given identifier.' },
  DBClusterQuotaExceededFault: {
    message: 'The user attempted to create a new DB cluster and the user has already reached the maximum allowed DB cluster quota.',
    status: 403,
  },
  DBClusterSnapshotNotFoundFault: { message: "The DB cluster snapshot doesn't exist.", status: 404 },
  DBClusterSnapshotAlreadyExistsFault: { message: 'The user already has a DB cluster snapshot with the given identifier.' },
  InvalidDBClusterStateFault: { message: "The requested operation can't be performed while the cluster is in this state." },
  InvalidDBClusterSnapshotStateFault: { message: "The supplied value isn't a valid DB cluster snapshot state." },
  InsufficientDBClusterCapacityFault: { message: "The DB cluster doesn't have enough capacity for the current operation.", status: 403 },
  InsufficientStorageClusterCapacity: { message: 'There is insufficient storage available for the current action.' },
  // Whoever calls.
  AccessDenied: { message: 'User is not authorized to perform this action.', status: 403 },
  AccessDeniedException: { message: 'User is not authorized to perform this action.' },
  UnauthorizedOperation: { message: 'You are not authorized to perform this operation.', status: 403 },
  ExpiredToken: { message: 'The security token included in the request is expired', status: 403 },
  ExpiredTokenException: { message: 'The security token included in the request is expired' },
  InvalidClientTokenId: { message: 'The security token included in the request is invalid.', status: 403 },
  OptInRequired: { message: 'The AWS access key ID needs a subscription for the service.', status: 403 },
  // All services.
  Throttling: { message: 'Rate exceeded' },
  ThrottlingException: { message: 'Rate exceeded' },
  RequestLimitExceeded: { message: 'Request limit exceeded.', status: 503 },
  InternalFailure: { message: 'The request processing has failed because of an unknown error, exception or failure.', status: 500 },
  ServiceUnavailable: { message: 'The request has failed due to a temporary failure of the server.', status: 503 },
  // Systems Manager, Secrets Manager.
  TargetNotConnected: { message: "The specified target isn't fully configured for use with Session Manager." },
  InvalidDocument: { message: 'Document with name given does not exist.' },
  InternalServerError: { message: 'Internal server error', status: 500 },
  ParameterNotFound: { message: '' },
  ResourceNotFoundException: { message: "Secrets Manager can't find the specified secret." },
  DecryptionFailure: { message: "Secrets Manager can't decrypt the protected secret text using the provided KMS key." },
} as const satisfies Readonly<Record<string, Words>>;

export type NamedError = keyof typeof namedErrors;

export function wordsFor(name: NamedError): { readonly message: string; readonly status: number } {
  const words: Words = namedErrors[name];
  return { message: words.message, status: words.status ?? 400 };
}
