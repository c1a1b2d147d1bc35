import type { AwsAccount } from '../core/aws.ts';
import { CloudError } from '../core/cloud-error.ts';
import { type Failure, failure } from '../core/failure.ts';

/**
 * What stands in the way of a key that somebody configured for copies: it isn't there, is in another region, isn't enabled, or is none that RDS encrypts with
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html: symmetric ones of its own region). Undefined where nothing does; whether RDS may
 * use it shows only when it does. Throws what asking is answered with otherwise.
 *
 * @param kmsKey its ARN, id or alias
 */
export async function problemOfKey(account: AwsAccount, kmsKey: string, signal: AbortSignal): Promise<Failure | undefined> {
  const { region } = account.access;
  const unfit = (why: string, cure: string) => failure('cloud-key', `the key ${kmsKey}, as configured, ${why}`, { object: kmsKey, cure });
  const elsewhere = kmsKey.startsWith('arn:') ? kmsKey.split(':')[3] : undefined;
  if (elsewhere !== undefined && elsewhere !== region) {
    return unfit(`is in ${elsewhere}, and what is in ${region} is encrypted with keys of ${region} only`, `Name a key of ${region} in snapshot.kmsKey.`);
  }
  try {
    const { KeyMetadata: key } = await account.call('kms:DescribeKey', { KeyId: kmsKey }, signal);
    if (key?.KeyState !== undefined && key.KeyState !== 'Enabled') {
      return unfit(`is ${key.KeyState}`, 'Enable the key (cancel its deletion, where one is pending), or name another one in snapshot.kmsKey.');
    }
    if (key?.KeySpec !== undefined && key.KeySpec !== 'SYMMETRIC_DEFAULT') {
      return unfit(`is of the sort ${key.KeySpec}, and RDS encrypts with symmetric keys`, 'Name a symmetric encryption key in snapshot.kmsKey.');
    }
    return undefined;
  } catch (error) {
    const isMissing = error instanceof CloudError && ['NotFound', 'InvalidArn'].includes(error.code);
    if (!isMissing) throw error;
    return unfit(`isn’t in ${region}: ${error.message}`, 'Correct snapshot.kmsKey: an id, an ARN, or alias/… of this account and region.');
  }
}
