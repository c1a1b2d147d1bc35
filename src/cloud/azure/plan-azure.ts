import type { AzureServer } from '../../core/azure.ts';
import type { AzureWish, ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { orphansOf } from '../orphans.ts';
import { classPrices } from '../price-per-hour.ts';
import { azureName } from './azure-name.ts';
import { azureRegion } from './azure-region.ts';
import { describeProduction } from './describe-production.ts';
import { openAzure } from './open-azure.ts';
import { sourceOf } from './source-of.ts';

/** Minutes, from and to: "a few minutes up to a few hours", as https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore has it; then rules, password and deletion. */
const spans = [10, 180] as const;

/** What `provideAzure` would do for this wish, found out by calls that only read. Fails as that does with what can be known before anything is made. */
export async function planAzure(context: Context, wish: AzureWish): Promise<Result<ThrowawayPlan>> {
  const account = await openAzure(context, wish.access);
  if (!account.ok) return account;
  const production = await describeProduction(context, account.value, wish);
  if (!production.ok) return production;
  const left = await orphansOf(context, sourceOf(wish));
  const { sku, storage, location } = production.value;
  const region = azureRegion(location ?? '');
  const server = { cloud: wish.kind, region, storageGb: storage?.storageSizeGB };
  const skus = wish.skus.length > 0 ? wish.skus : [sku?.name].filter((name) => name !== undefined);
  const isPublic = production.value.network?.delegatedSubnetResourceId === undefined;
  return ok({
    kind: 'azure',
    steps: [
      restoreStep(context, wish, production.value, isPublic),
      ...(isPublic ? [`Let in ${wish.allowFrom.join(', ')} to it, and nobody else.`] : []),
      'Set a random administrator password on it that only this run knows; production’s is never read.',
      'Copy from it, then delete it, and verify that Azure has it no more.',
    ],
    warnings: [
      ...(isPublic && production.value.network?.publicNetworkAccess === 'Disabled'
        ? [`${wish.server} has no public address, and the restored server has one: its firewall is all that keeps others out.`]
        : []),
      ...(left.length > 0
        ? [`Earlier attempts left ${left.length} of their things in the cloud: what fits is gone on with, \`pgrehearse gc\` deletes the others.`]
        : []),
    ],
    region,
    prices: classPrices(server, skus, wish.prices),
    minutes: spans,
  });
}

function restoreStep(context: Context, wish: AzureWish, { sku, network }: AzureServer, isPublic: boolean): string {
  const skus = wish.skus.length > 0 ? wish.skus : [sku?.name ?? 'production’s own size'];
  const which = skus.length === 1 ? `as ${skus[0]}` : `as the first of ${skus.join(', ')} that can be had`;
  const subnet = wish.subnet ?? network?.delegatedSubnetResourceId;
  const where = isPublic ? 'with a public address' : `in the subnet ${subnet?.split('/').at(-1)}`;
  const moment = wish.pointInTime ?? 'the latest moment that can be had, at most minutes ago';
  return `Restore ${wish.server} as of ${moment} to ${azureName(wish.server, context.now())} (its last letters are random) ${which} ${where}, to be deleted after ${wish.deleteAfterHours} hours at the latest.`;
}
