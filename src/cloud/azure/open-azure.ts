import type { AzureAccess, AzureAccount } from '../../core/azure.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';

/**
 * Connects, and makes sure that the credentials belong to the directory that is meant. The subscription is part of every call that follows: in another one nothing is done, and what
 * isn't in ours is told apart from what nobody may see. Fails with `cloud-wrong-account`, `cloud-credentials`, `cloud-unreachable` or `package-missing`.
 */
export async function openAzure(context: Context, access: AzureAccess): Promise<Result<AzureAccount>> {
  const connected = await context.edge.azure.connect(access);
  if (!connected.ok) return connected;
  let found: Awaited<ReturnType<AzureAccount['identify']>>;
  try {
    found = await connected.value.identify();
  } catch (error) {
    return fail(cloudFailure(error, 'asking for a token of Azure'));
  }
  if (access.tenant === undefined || found.tenant === undefined || found.tenant.toLowerCase() === access.tenant.toLowerCase()) return connected;
  return fail(
    failure(
      'cloud-wrong-account',
      `the credentials are ${found.who ?? 'unnamed'} of the tenant ${found.tenant}, and ${access.tenant} is meant: nothing was changed`,
      { object: access.tenant, cure: `Log in with \`az login --tenant ${access.tenant}\`, or correct the tenant.` },
    ),
  );
}
