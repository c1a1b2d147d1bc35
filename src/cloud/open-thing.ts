import type { AwsAccount } from '../core/aws.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { auroraCluster } from './aurora/cluster.ts';
import { auroraSnapshot } from './aurora/cluster-snapshot.ts';
import { auroraMember } from './aurora/member.ts';
import { openAzure } from './azure/open-azure.ts';
import { azureServer } from './azure/server.ts';
import { accessOf, type CloudFacts, type ThingKind } from './cloud-facts.ts';
import type { CloudThing } from './cloud-thing.ts';
import { openAccount } from './open-account.ts';
import { rdsInstance } from './rds/instance.ts';
import { rdsSnapshot } from './rds/snapshot.ts';

const things: Readonly<Record<Exclude<ThingKind, 'azure-server'>, (account: AwsAccount, identifier: string) => CloudThing>> = {
  'rds-instance': rdsInstance,
  'rds-snapshot': rdsSnapshot,
  'aurora-cluster': auroraCluster,
  'aurora-instance': auroraMember,
  'aurora-snapshot': auroraSnapshot,
};

/** The thing that a ledger line tells of, in the account that it was made in. Fails with what `openAccount` fails with. */
export async function openThing(context: Context, facts: CloudFacts): Promise<Result<CloudThing>> {
  const { thing, azure } = facts;
  if (thing === 'azure-server') {
    if (azure === undefined) throw new Error('facts of Azure without its access were taken for read');
    const opened = await openAzure(context, azure);
    return opened.ok ? ok(azureServer(opened.value, facts.identifier)) : opened;
  }
  const account = await openAccount(context, accessOf(facts), facts.account);
  return account.ok ? ok(things[thing](account.value, facts.identifier)) : account;
}
