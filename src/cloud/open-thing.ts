import type { AwsAccount } from '../core/aws.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { accessOf, type CloudFacts, type ThingKind } from './cloud-facts.ts';
import type { CloudThing } from './cloud-thing.ts';
import { openAccount } from './open-account.ts';
import { rdsInstance } from './rds/instance.ts';
import { rdsSnapshot } from './rds/snapshot.ts';

const things: Readonly<Record<ThingKind, (account: AwsAccount, identifier: string) => CloudThing>> = {
  'rds-instance': rdsInstance,
  'rds-snapshot': rdsSnapshot,
};

/** The thing that a ledger line tells of, in the account that it was made in. Fails with what `openAccount` fails with. */
export async function openThing(context: Context, facts: CloudFacts): Promise<Result<CloudThing>> {
  const account = await openAccount(context, accessOf(facts), facts.account);
  return account.ok ? ok(things[facts.thing](account.value, facts.identifier)) : account;
}
