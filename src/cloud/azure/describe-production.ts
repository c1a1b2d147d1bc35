import type { AzureAccount, AzureServer } from '../../core/azure.ts';
import { closestName } from '../../core/closest-name.ts';
import type { AzureWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { describeServer, listServers } from './server.ts';

/** At most this many names in a sentence. */
const namesShown = 8;

/**
 * Production as Azure knows it, and whether a server that is restored from it could be got into at all: an hour's restore is no way to find that out.
 * Fails with `cloud-not-found`, which names what there is instead, `cloud-network`, `cloud-refused` or `snapshot-missing`.
 */
export async function describeProduction(context: Context, account: AzureAccount, wish: AzureWish): Promise<Result<AzureServer>> {
  try {
    const found = await describeServer(account, wish.server, context.signal);
    if (found !== undefined) return check(context, found, wish);
    const names = (await listServers(account, context.signal)).flatMap(({ name }) => (name === undefined ? [] : [name]));
    const close = closestName(wish.server, names);
    const there = names.length === 0 ? 'there are none' : `there are ${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ' and others' : ''}`;
    return fail(
      failure('cloud-not-found', `the resource group ${wish.access.resourceGroup} has no flexible server ${wish.server}: ${there}`, {
        object: wish.server,
        cure: close === undefined ? 'Check server, resourceGroup and subscription.' : `Did you mean ${close}? Else check resourceGroup and subscription.`,
      }),
    );
  } catch (error) {
    return fail(cloudFailure(error, `describing the server ${wish.server}`));
  }
}

function check(context: Context, production: AzureServer, wish: AzureWish): Result<AzureServer> {
  const { server, pointInTime } = wish;
  const refuse = (code: 'cloud-network' | 'cloud-refused' | 'snapshot-missing', sentence: string, cure: string) =>
    fail(failure(code, sentence, { object: server, cure }));
  if (production.authConfig?.passwordAuth === 'Disabled' || production.administratorLogin === undefined) {
    return refuse(
      'cloud-refused',
      `${server} lets nobody in by password, and so would the server that is restored from it: there is no administrator whose password could be set`,
      'Have a clone provisioned, and name it in source.attached.',
    );
  }
  const isInSubnet = production.network?.delegatedSubnetResourceId !== undefined;
  if (isInSubnet && wish.allowFrom.length > 0) {
    return refuse(
      'cloud-network',
      `${server} is in a subnet, where a restored server has no firewall rules of its own`,
      'Leave allowFrom out, and use a tunnel where this machine isn’t in that network.',
    );
  }
  if (!isInSubnet && (wish.subnet !== undefined || wish.privateDnsZone !== undefined)) {
    return refuse(
      'cloud-network',
      `${server} is in no subnet, and Azure doesn’t restore such a server into one`,
      'Leave subnet and privateDnsZone out, and name in allowFrom who may connect.',
    );
  }
  if (!isInSubnet && wish.allowFrom.length === 0) {
    return refuse(
      'cloud-network',
      `${server} is in no subnet, so that the server that is restored from it has a public address, and lets nobody in`,
      'Name in allowFrom the address from which this machine, or its bastion, reaches the internet.',
    );
  }
  const earliest = production.backup?.earliestRestoreDate;
  const at = pointInTime === undefined ? undefined : Date.parse(pointInTime);
  if (at !== undefined && (at > context.now().getTime() || (earliest !== undefined && at < earliest.getTime()))) {
    return refuse(
      'snapshot-missing',
      `${pointInTime} is no moment that ${server} can be restored to: it has ${earliest?.toISOString() ?? 'what it had'} until now`,
      'Name another one in pointInTime, or leave it out.',
    );
  }
  return ok(production);
}
