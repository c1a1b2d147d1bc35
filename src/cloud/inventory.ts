import type { AwsAccess } from '../core/aws.ts';
import type { AzureAccess } from '../core/azure.ts';
import type { Prices } from '../core/cloud.ts';
import { cloudFailure } from '../core/cloud-failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { listAurora } from './aurora/list-belongings.ts';
import { azureRegion } from './azure/azure-region.ts';
import { openAzure } from './azure/open-azure.ts';
import { listServers } from './azure/server.ts';
import { accessOf, type CloudFacts, cloudOf, type ThingKind } from './cloud-facts.ts';
import { type CloudTags, fromAwsTags } from './cloud-tags.ts';
import { isTagged } from './is-ours.ts';
import { openAccount } from './open-account.ts';
import { listInstances } from './rds/instance.ts';
import { listSnapshots } from './rds/snapshot.ts';

/** Where to look: an account in one region, as somebody who may. */
export interface CloudPlace {
  readonly access: AwsAccess;
  readonly account: string;
  /** Set: a resource group of Azure, whatever the region; `account` is the subscription. */
  readonly azure?: AzureAccess;
  /** What there is of Aurora, and nothing else: RDS without it needs no right to look at clusters, and the other way round. */
  readonly aurora?: true;
  /** What servers cost there by the configuration's word. */
  readonly prices?: Prices;
}

/** Where the thing of a ledger line is. */
export function placeOf(facts: CloudFacts): CloudPlace {
  return {
    access: accessOf(facts),
    account: facts.account,
    ...withoutUndefined({ azure: facts.azure, aurora: cloudOf(facts.thing) === 'aurora' || undefined }),
  };
}

/** The same for two ways of looking at one place. */
export function placeKey({ account, access, azure, aurora }: CloudPlace): string {
  if (aurora === true) return `${account} ${access.region} aurora`;
  return azure === undefined ? `${account} ${access.region}` : `${account} ${azure.resourceGroup}`.toLowerCase();
}

/** Something that pgrehearse made, on whatever machine. */
export interface Belonging {
  readonly thing: ThingKind;
  readonly identifier: string;
  readonly place: CloudPlace;
  readonly status: string;
  readonly tags: CloudTags;
  readonly instanceClass?: string;
  readonly storageGb?: number;
}

/** All that has our name and our tags in this place. Fails with what `openAccount` fails with, or with the cloud's refusal. */
export async function readInventory(context: Context, place: CloudPlace): Promise<Result<readonly Belonging[]>> {
  if (place.azure !== undefined) return await readAzureInventory(context, place, place.azure);
  const account = await openAccount(context, place.access, place.account);
  if (!account.ok) return account;
  try {
    if (place.aurora === true) {
      const all = await listAurora(account.value, context.signal);
      return ok(all.filter(({ identifier, tags }) => isTagged(identifier, tags)).map((one) => ({ ...one, place })));
    }
    const alone = (await listInstances(account.value, context.signal)).filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined);
    const instances = alone.map(
      ({ DBInstanceIdentifier: identifier = '', DBInstanceStatus: status = 'unknown', TagList, DBInstanceClass, AllocatedStorage }): Belonging => ({
        thing: 'rds-instance',
        identifier,
        place,
        status,
        tags: fromAwsTags(TagList),
        ...(DBInstanceClass === undefined ? {} : { instanceClass: DBInstanceClass }),
        ...(AllocatedStorage === undefined ? {} : { storageGb: AllocatedStorage }),
      }),
    );
    const snapshots = (await listSnapshots(account.value, { SnapshotType: 'manual' }, context.signal)).map(
      ({ DBSnapshotIdentifier: identifier = '', Status: status = 'unknown', TagList, AllocatedStorage }): Belonging => ({
        thing: 'rds-snapshot',
        identifier,
        place,
        status,
        tags: fromAwsTags(TagList),
        ...(AllocatedStorage === undefined ? {} : { storageGb: AllocatedStorage }),
      }),
    );
    return ok([...instances, ...snapshots].filter(({ identifier, tags }) => isTagged(identifier, tags)));
  } catch (error) {
    return fail(cloudFailure(error, `looking for what is ours in ${place.access.region}`));
  }
}

async function readAzureInventory(context: Context, place: CloudPlace, access: AzureAccess): Promise<Result<readonly Belonging[]>> {
  const account = await openAzure(context, access);
  if (!account.ok) return account;
  try {
    const servers = (await listServers(account.value, context.signal)).map(
      ({ name: identifier = '', state: status = 'unknown', tags = {}, sku, storage, location }): Belonging => ({
        thing: 'azure-server',
        identifier,
        place: { ...place, access: { region: azureRegion(location ?? place.access.region) } },
        status,
        tags,
        ...withoutUndefined({ instanceClass: sku?.name, storageGb: storage?.storageSizeGB }),
      }),
    );
    return ok(servers.filter(({ identifier, tags }) => isTagged(identifier, tags)));
  } catch (error) {
    return fail(cloudFailure(error, `looking for what is ours in the resource group ${access.resourceGroup}`));
  }
}
