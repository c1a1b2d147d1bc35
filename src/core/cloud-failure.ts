import { CloudError } from './cloud-error.ts';
import { type Failure, FailureError, failure } from './failure.ts';
import type { FailureCode } from './failure-catalogue.ts';

/** What the codes of RDS, EC2, SSM, STS and Azure mean for us; what isn't named here is `cloud-refused`, with the service's own words. */
const meanings: Readonly<Record<string, FailureCode>> = {
  NoAnswer: 'cloud-unreachable',
  Aborted: 'interrupted',
  NoCredentials: 'cloud-credentials',
  ExpiredToken: 'cloud-credentials',
  InvalidClientTokenId: 'cloud-credentials',
  UnrecognizedClient: 'cloud-credentials',
  SignatureDoesNotMatch: 'cloud-credentials',
  AccessDenied: 'cloud-access-denied',
  UnauthorizedOperation: 'cloud-access-denied',
  Throttling: 'cloud-throttled',
  RequestLimitExceeded: 'cloud-throttled',
  InstanceQuotaExceeded: 'cloud-quota',
  StorageQuotaExceeded: 'cloud-quota',
  SnapshotQuotaExceeded: 'cloud-quota',
  DBClusterQuotaExceeded: 'cloud-quota',
  InsufficientDBInstanceCapacity: 'cloud-quota',
  InsufficientDBClusterCapacity: 'cloud-quota',
  InsufficientStorageClusterCapacity: 'cloud-quota',
  StorageTypeNotSupported: 'cloud-quota',
  ProvisionedIopsNotAvailableInAZ: 'cloud-quota',
  KMSKeyNotAccessible: 'cloud-key',
  InvalidVPCNetworkState: 'cloud-network',
  InvalidSubnet: 'cloud-network',
  InvalidDBSubnetGroup: 'cloud-network',
  InvalidDBSubnetGroupState: 'cloud-network',
  DBSubnetGroupDoesNotCoverEnoughAZs: 'cloud-network',
  DBSubnetGroupNotFound: 'cloud-network',
  DBSecurityGroupNotFound: 'cloud-network',
  NetworkTypeNotSupported: 'cloud-network',
  InsufficientAvailableIPsInSubnet: 'cloud-network',
  VpcEncryptionControlViolation: 'cloud-network',
  DBParameterGroupNotFound: 'cloud-not-found',
  OptionGroupNotFound: 'cloud-not-found',
  DBInstanceNotFound: 'cloud-not-found',
  DBSnapshotNotFound: 'cloud-not-found',
  DBClusterNotFound: 'cloud-not-found',
  DBClusterSnapshotNotFound: 'cloud-not-found',
  ParameterNotFound: 'cloud-not-found',
  ResourceNotFound: 'cloud-not-found',
  NoSuchBucket: 'cloud-not-found',
  NotFound: 'cloud-not-found',
  InvalidAccessKeyId: 'cloud-credentials',
  SlowDown: 'cloud-throttled',
  AuthorizationFailed: 'cloud-access-denied',
  LinkedAuthorizationFailed: 'cloud-access-denied',
  RequestDisallowedByPolicy: 'cloud-access-denied',
  ExpiredAuthenticationToken: 'cloud-credentials',
  InvalidAuthenticationToken: 'cloud-credentials',
  InvalidAuthenticationTokenTenant: 'cloud-wrong-account',
  SubscriptionNotFound: 'cloud-wrong-account',
  ResourceGroupNotFound: 'cloud-not-found',
  QuotaExceeded: 'cloud-quota',
  SkuNotAvailable: 'cloud-quota',
  SubnetIsFull: 'cloud-network',
  InvalidPointInTime: 'snapshot-missing',
  TooManyRequests: 'cloud-throttled',
  ServiceUnavailable: 'cloud-unreachable',
  'KMS.Disabled': 'cloud-key',
  'KMS.NotFound': 'cloud-key',
  'KMS.KMSInvalidState': 'cloud-key',
};

/** Cures that fit better than the failure's own. */
const cures: Readonly<Record<string, string>> = { RequestTimeTooSkewed: 'Set this machine’s clock, best by NTP, and run again.' };

/**
 * What a thrown error of a cloud means to a person. An error that isn't a cloud's is thrown on: it is a bug.
 *
 * @param doing what was being done, for the sentence: `deleting pgrehearse-production-20260101030000`
 * @example cloudFailure(error, 'restoring the snapshot').code // 'cloud-quota'
 */
export function cloudFailure(error: unknown, doing: string): Failure {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof CloudError)) throw error;
  return failure(meanings[error.code] ?? 'cloud-refused', `${doing}: ${error.operation} was answered with ${error.code}: ${error.message}`, {
    object: error.operation,
    ...(cures[error.code] === undefined ? {} : { cure: cures[error.code] }),
  });
}

/**
 * The same for the call that asks as whom we speak, with a profile or without: an SSO session that has ended, or never began, is told with the command that begins one.
 *
 * @example credentialFailure(error, 'asking whose credentials these are', 'production').cure // 'Run `aws sso login --profile production`, and try again.'
 */
export function credentialFailure(error: unknown, doing: string, profile: string | undefined): Failure {
  const found = cloudFailure(error, doing);
  // The SDK's words for it, of several sorts, end with this advice.
  if (found.code !== 'cloud-credentials' || !/SSO session|aws sso login/.test(found.message)) return found;
  const whose = profile === undefined ? '' : ` of profile ${profile}`;
  return failure('cloud-credentials', `the SSO session${whose} has expired, or there is none: ${error instanceof Error ? error.message : ''}`, {
    ...(found.object === undefined ? {} : { object: found.object }),
    cure: `Run \`aws sso login${profile === undefined ? '' : ` --profile ${profile}`}\`, and try again.`,
  });
}
