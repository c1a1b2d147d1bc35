import type { AzureNetwork, AzureOngoing, AzureServer } from '../../core/azure.ts';
import type { AzureWish } from '../../core/cloud.ts';
import { CloudError } from '../../core/cloud-error.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, type Result } from '../../core/result.ts';
import { azureFacts } from '../cloud-facts.ts';
import { ownTags } from '../cloud-tags.ts';
import { makeCloudResource } from '../make-cloud-resource.ts';
import { ownPrice, priceFacts } from '../own-price.ts';
import type { Attempt } from './attempt.ts';
import { azureName } from './azure-name.ts';
import { azureRegion } from './azure-region.ts';
import { azureServer, describeServer } from './server.ts';
import { sourceOf } from './source-of.ts';
import { tierOf } from './tier-of.ts';

/** Refusals after which another size may be taken: none to be had, or no quota for it. */
const tryAnother = ['SkuNotAvailable', 'QuotaExceeded'];

/** A server that is being restored, and the operation that does it, as far as this process began it. */
export interface Restoring {
  readonly resource: Resource;
  readonly operation?: AzureOngoing;
}

/**
 * Begins to restore a moment of production as a server of ours: in production's subnet or with a public address that lets nobody in yet, of the first size that can be had. Fails with
 * `cloud-quota`, which names every size that was tried, `cloud-network` or another refusal.
 *
 * @param moment the one that is asked for
 */
export async function restoreServer(context: Context, attempt: Attempt, moment: Date): Promise<Result<Restoring>> {
  const { wish, production } = attempt;
  const skus: readonly (string | undefined)[] = wish.skus.length > 0 ? wish.skus : [undefined];
  const refusals: string[] = [];
  let last: Result<Restoring> | undefined;
  for (const sku of skus) {
    if (context.signal.aborted) return fail(failure('interrupted', 'the run was interrupted before the server was restored'));
    const { restored, refusal } = await trySku(context, attempt, moment, sku);
    last = restored;
    if (restored.ok || refusal === undefined || !tryAnother.includes(refusal.code)) return restored;
    refusals.push(`${sku ?? production.sku?.name ?? 'production’s own'}: ${refusal.message} (${refusal.code})`);
  }
  if (last === undefined || last.ok) throw new Error('no size was tried');
  return fail({ ...last.failure, message: `none of the sizes could be had: ${refusals.join('; ')}` });
}

async function trySku(context: Context, attempt: Attempt, moment: Date, sku: string | undefined) {
  const { account, wish, run, production } = attempt;
  const network = networkOf(wish, production);
  const location = azureRegion(production.location ?? '');
  const source = sourceOf(wish);
  const pricePerHour = ownPrice(wish.prices, skuOf(sku, production));
  let operation: AzureOngoing | undefined;
  const outcome = await makeCloudResource(context, {
    kind: 'throwaway',
    facts: {
      ...{ thing: 'azure-server', account: wish.access.subscription, region: location, run, source, ...azureFacts(wish.access) },
      ...{ moment: moment.toISOString(), sku: skuOf(sku, production), settings: settingsOf(wish, production) },
      ...priceFacts(pricePerHour),
    },
    patience: wish,
    doing: `restoring ${wish.server} as of ${moment.toISOString()}`,
    name: (at) => azureName(wish.server, at),
    open: (identifier) => azureServer(account, identifier),
    async create(identifier, line) {
      // Azure takes the same call for changing a server that is there already: somebody else's would get our tags.
      const there = await describeServer(account, identifier, context.signal);
      if (there !== undefined && there.tags?.['pgrehearse:line'] !== line) {
        throw new CloudError({
          operation: 'Servers_CreateOrUpdate',
          code: 'ServerNameAlreadyExists',
          message: `there is a server ${identifier}`,
          refused: true,
        });
      }
      operation = await account.call('Servers_CreateOrUpdate', {
        server: identifier,
        location,
        createMode: 'PointInTimeRestore',
        sourceServerResourceId: production.id ?? '',
        pointInTimeUTC: moment,
        network,
        ...(sku === undefined ? {} : { sku: { name: sku, tier: tierOf(sku) } }),
        tags: ownTags(context, { run, line, source, deleteAfterHours: wish.deleteAfterHours, pricePerHour }),
      });
    },
  });
  const made = outcome.result.ok ? outcome.result.value : outcome.left;
  if (made !== undefined) attempt.made.push(made);
  const { result, refusal } = outcome;
  const restored: Result<Restoring> = result.ok ? { ok: true, value: { resource: result.value, ...(operation === undefined ? {} : { operation }) } } : result;
  return { restored, refusal };
}

/** The size that a server gets, as its ledger line says it. */
export function skuOf(sku: string | undefined, production: AzureServer): string {
  return sku ?? production.sku?.name ?? '';
}

/** Where a server is restored to, as a text that differs where any of it does: who corrected a setting doesn't get a server that was made before. */
export function settingsOf(wish: AzureWish, production: AzureServer): string {
  return JSON.stringify({ network: networkOf(wish, production), allowFrom: wish.allowFrom });
}

function networkOf({ subnet, privateDnsZone }: AzureWish, { network = {} }: AzureServer): AzureNetwork {
  const [delegated, zone] = [subnet ?? network.delegatedSubnetResourceId, privateDnsZone ?? network.privateDnsZoneArmResourceId];
  if (delegated === undefined) return { publicNetworkAccess: 'Enabled' };
  return { delegatedSubnetResourceId: delegated, ...(zone === undefined ? {} : { privateDnsZoneArmResourceId: zone }) };
}
