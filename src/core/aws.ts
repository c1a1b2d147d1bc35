import type { AwsOperation, AwsOperations } from './aws-operations.ts';
import type { Result } from './result.ts';

/** As whom we speak to AWS, and where. Credentials come from the profile or from what the SDK finds by itself; never from our configuration. */
export interface AwsAccess {
  readonly region: string;
  readonly profile?: string;
}

/** One account in one region, as one identity. */
export interface AwsAccount {
  readonly access: AwsAccess;
  /**
   * Makes one call; throttling and faults of the service are tried again with growing pauses. Throws CloudError, or FailureError
   * where a package is missing; `cloudFailure` makes a Failure of either.
   *
   * @example await account.call('rds:DescribeDBInstances', { DBInstanceIdentifier: 'production' })
   */
  call<O extends AwsOperation>(operation: O, input: AwsOperations[O]['input'], signal?: AbortSignal): Promise<AwsOperations[O]['output']>;
}

export interface AwsPort {
  /** Fails with `package-missing`. Says nothing to the network yet, so that wrong credentials show with the first call. */
  connect(access: AwsAccess): Promise<Result<AwsAccount>>;
}
