import type { AwsAccount } from '../../../core/aws.ts';
import { CloudError } from '../../../core/cloud-error.ts';
import { cloudFailure } from '../../../core/cloud-failure.ts';
import type { Context } from '../../../core/ports.ts';
import type { Resource } from '../../../core/resource.ts';
import { fail, ok, type Result } from '../../../core/result.ts';

/** What a session of ours is known by at the service, whose ids we learn only with its answer. */
export function reasonOf({ id }: Pick<Resource, 'id'>): string {
  return `pgrehearse ${id}`;
}

/** A run that ends without a network doesn't wait for one: the ledger's line stays, and `gc` tries again. */
const patienceMs = 30_000;

/** Ends every session of a tunnel that may be there: by its id, and by its reason where an answer was lost or we were killed before it was written down. */
export async function endSessions(context: Pick<Context, 'ledger'>, account: AwsAccount, resource: Pick<Resource, 'id' | 'facts'>): Promise<Result<void>> {
  const { id } = resource;
  // The line knows more than what was handed out when it was new.
  const { session, bastion } = (await context.ledger.list()).find((line) => line.id === id)?.facts ?? resource.facts;
  // Nothing was ever asked for.
  if (typeof bastion !== 'string') return ok();
  const limit = AbortSignal.timeout(patienceMs);
  try {
    const ids = new Set(typeof session === 'string' ? [session] : []);
    for (const found of await findSessions(account, bastion, reasonOf({ id }), ids.size > 0, limit)) ids.add(found);
    for (const one of ids) await terminate(account, one, limit);
    return ok();
  } catch (error) {
    return fail(cloudFailure(error, `ending sessions at ${bastion}`));
  }
}

/** @param mayDoWithout whether to be denied the list is no error */
async function findSessions(account: AwsAccount, bastion: string, reason: string, mayDoWithout: boolean, limit: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  const filter = { State: 'Active', Filters: [{ key: 'Target', value: bastion }] } as const;
  try {
    for (let NextToken: string | undefined; ; ) {
      const page = await account.call('ssm:DescribeSessions', { ...filter, ...(NextToken === undefined ? {} : { NextToken }) }, limit);
      found.push(...(page.Sessions ?? []).flatMap(({ SessionId, Reason }) => (Reason === reason && SessionId !== undefined ? [SessionId] : [])));
      NextToken = page.NextToken;
      if (NextToken === undefined || NextToken === '') return found;
    }
  } catch (error) {
    if (mayDoWithout && error instanceof CloudError && error.code.startsWith('AccessDenied')) return found;
    throw error;
  }
}

async function terminate(account: AwsAccount, SessionId: string, limit: AbortSignal): Promise<void> {
  try {
    await account.call('ssm:TerminateSession', { SessionId }, limit);
  } catch (error) {
    // Ended long ago: the service doesn't know it any more.
    if (!(error instanceof CloudError && error.code === 'DoesNotExist')) throw error;
  }
}
