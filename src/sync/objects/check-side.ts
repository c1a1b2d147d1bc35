import { CloudError } from '../../core/cloud-error.ts';
import { cloudFailure, credentialFailure } from '../../core/cloud-failure.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { ObjectSide } from './wish.ts';

/**
 * Whether the credentials of a side belong to the account that is configured. Asked before anything of the side is read: a wrong profile must see nothing.
 *
 * @returns what is wrong, or undefined
 */
export async function checkAccount(context: Context, { name, access, account }: ObjectSide): Promise<Failure | undefined> {
  const connected = await context.edge.aws.connect(access);
  if (!connected.ok) return connected.failure;
  try {
    const { Account, Arn } = await connected.value.call('sts:GetCallerIdentity', {}, context.signal);
    if (Account === account) return undefined;
    const as = access.profile === undefined ? 'the credentials found' : `profile ${access.profile}`;
    return failure(
      'cloud-wrong-account',
      `${name}: ${as} belongs to account ${Account ?? '?'} (${Arn ?? '?'}), and ${account} is configured; nothing was read`,
      {
        object: `sync.objects.${name}.account`,
      },
    );
  } catch (error) {
    context.signal.throwIfAborted();
    return credentialFailure(error, `asking who we are on ${name}`, access.profile);
  }
}

/** What a refusal of a bucket means, in the terms of the settings. */
export function bucketFailure(error: unknown, { name, bucket, owner, access }: ObjectSide, doing: string): Failure {
  const object = `${name}: s3://${bucket}`;
  if (error instanceof CloudError) {
    if (error.code === 'NoSuchBucket' || (error.operation === 's3:HeadBucket' && error.status === 404))
      return failure('bucket-unusable', `there is no bucket ${bucket} (${name})`, { object });
    if (error.code === 'PermanentRedirect' || error.code === 'AuthorizationHeaderMalformed')
      return failure('bucket-unusable', `bucket ${bucket} (${name}) isn’t in ${access.region}`, { object });
    if (error.code === 'AccessDenied')
      return failure('bucket-unusable', `${doing} (${name}, s3://${bucket}) isn’t permitted: ${error.operation}; or the bucket isn’t account ${owner}’s`, {
        object,
        rootCause: 'privileges',
        cure: `Grant ${error.operation} on the bucket and its objects, or correct bucketOwner.`,
      });
  }
  return cloudFailure(error, `${doing} (${name}, s3://${bucket})`);
}
