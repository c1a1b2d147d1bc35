import type { AwsAccess, AwsAccount } from '../core/aws.ts';
import { credentialFailure } from '../core/cloud-failure.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, type Result } from '../core/result.ts';

/**
 * Connects, and makes sure that the credentials belong to the account that is meant, before anything else is asked or done: in another account, what we look for would
 * be missing, and what is missing counts as gone. Fails with `cloud-wrong-account`, `cloud-credentials`, `cloud-unreachable` or `package-missing`.
 */
export async function openAccount(context: Context, access: AwsAccess, account: string): Promise<Result<AwsAccount>> {
  const connected = await context.edge.aws.connect(access);
  if (!connected.ok) return connected;
  let found: { readonly Account?: string | undefined; readonly Arn?: string | undefined };
  try {
    found = await connected.value.call('sts:GetCallerIdentity', {});
  } catch (error) {
    return fail(credentialFailure(error, `asking whose credentials these are${who(access)}`, access.profile));
  }
  if (found.Account === account) return connected;
  return fail(
    failure(
      'cloud-wrong-account',
      `the credentials${who(access)} are ${found.Arn ?? 'unnamed'} of account ${found.Account ?? 'unknown'}, and ${account} is meant: nothing was changed`,
      { object: account },
    ),
  );
}

function who({ profile }: AwsAccess): string {
  return profile === undefined ? '' : ` of profile ${profile}`;
}
