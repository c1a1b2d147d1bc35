import type { AzureWish, Throwaway } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { nameRun } from '../name-run.ts';
import { orRemove } from '../or-remove.ts';
import { removalOf } from '../removal-of.ts';
import { adoptServer } from './adopt-server.ts';
import type { Attempt } from './attempt.ts';
import { azureRegion } from './azure-region.ts';
import { describeProduction } from './describe-production.ts';
import { letIn } from './let-in.ts';
import { openAzure } from './open-azure.ts';
import { type Restoring, restoreServer } from './restore-server.ts';
import { azureServer, describeServer } from './server.ts';
import { setPassword } from './set-password.ts';
import { waitForRestore } from './wait-for-operation.ts';

/** Azure's servers listen there, and tell no other. */
const port = 5_432;

/** A throwaway whose removal can be asked for, and looked at. Disposing it does the same; a failure is then told by an event only. */
export interface OwnedServer extends Throwaway {
  /** Its ledger line. */
  readonly resource: Resource;
  /** Asked again, gives the same. Fails with `throwaway-left`. */
  remove(): Promise<Result<void>>;
}

/**
 * Restores a moment of production on a flexible server of Azure as a server that is ours alone: restores, waits, lets in who is configured, and sets a password that only this process
 * knows. Goes on with what an earlier attempt of the same left, where that is young enough. Where it fails or is interrupted, what it made is deleted first.
 *
 * The server is up, and nothing says yet that it can be reached: whoever logs in proves that, and the password.
 *
 * @example
 * const provided = await provideAzure(context, wish);
 * if (!provided.ok) return provided;
 * await using throwaway = provided.value;
 */
export async function provideAzure(context: Context, wish: AzureWish): Promise<Result<OwnedServer>> {
  const account = await openAzure(context, wish.access);
  if (!account.ok) return account;
  const production = await describeProduction(context, account.value, wish);
  if (!production.ok) return production;
  const run = nameRun(context);
  const attempt: Attempt = { account: account.value, wish, run, production: production.value, made: [] };
  return await orRemove(context, attempt, () => provide(context, attempt));
}

async function provide(context: Context, attempt: Attempt): Promise<Result<OwnedServer>> {
  const { account, wish, production } = attempt;
  const begun = await begin(context, attempt);
  if (!begun.ok) return begun;
  const { resource, operation } = begun.value;
  const identifier = resource.label;
  const doing = `restoring ${wish.server} as of ${String(resource.facts.moment)}`;
  const ready = await waitForRestore(context, azureServer(account, identifier), { pollMs: wish.pollMs, waitMs: wish.waitMs, doing }, operation);
  if (!ready.ok) return ready;
  if (production.network?.delegatedSubnetResourceId === undefined) {
    const open = await letIn(context, attempt, identifier);
    if (!open.ok) return open;
  }
  const password = await setPassword(context, attempt, identifier);
  if (!password.ok) return password;
  try {
    const { fullyQualifiedDomainName: host, administratorLogin: user } = (await describeServer(account, identifier, context.signal)) ?? {};
    if (host === undefined || user === undefined)
      return fail(failure('throwaway-failed', `${identifier} is ready, and Azure tells no host or no administrator for it`, { object: identifier }));
    return ok({
      ...removalOf(context, attempt.made, attempt.wish),
      kind: 'azure',
      identifier,
      region: azureRegion(production.location ?? ''),
      account: wish.access.subscription,
      endpoint: { host, port },
      user,
      password: password.value,
      database: wish.database,
      dataAsOf: String(resource.facts.moment),
      restoredFrom: `${wish.pointInTime === undefined ? 'its latest moment at' : 'its moment'} ${String(resource.facts.moment)}`,
      resource,
    });
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}

async function begin(context: Context, attempt: Attempt): Promise<Result<Restoring>> {
  const adopted = await adoptServer(context, attempt);
  if (!adopted.ok) return adopted;
  if (adopted.value !== undefined) return ok({ resource: adopted.value });
  const { pointInTime } = attempt.wish;
  return await restoreServer(context, attempt, pointInTime === undefined ? context.now() : new Date(pointInTime));
}
