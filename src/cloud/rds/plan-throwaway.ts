import type { DbInstance } from '../../core/aws-things.ts';
import type { RdsWish, ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { cloudName } from '../cloud-name.ts';
import { openAccount } from '../open-account.ts';
import { orphansOf } from '../orphans.ts';
import { classPrices } from '../price-per-hour.ts';
import { chooseSnapshot, dataTime, type SnapshotChoice } from './choose-snapshot.ts';
import { describeProduction } from './describe-production.ts';
import { sourceOf } from './source-of.ts';

/** Minutes, from and to. From other people's accounts of instances of up to 100 GB; larger ones aren't restored more slowly, since their blocks come when they are read. */
const restoring = [8, 30] as const;
/** Only what changed since the last snapshot is written: the first one takes the longest. */
const snapshotting = [2, 40] as const;
const passwordAndDeletion = [3, 10] as const;

/**
 * What `provideThrowaway` would do for this wish, found out by calls that only read. Fails as that does with what can be known before anything is made.
 */
export async function planThrowaway(context: Context, wish: RdsWish): Promise<Result<ThrowawayPlan>> {
  const account = await openAccount(context, wish.access, wish.account);
  if (!account.ok) return account;
  const production = await describeProduction(context, account.value, wish);
  if (!production.ok) return production;
  const orphans = await orphansOf(context, sourceOf(wish));
  const left = orphans.filter(({ kind, facts }) => kind === 'snapshot' && facts.copyOf === undefined);
  const choice = await chooseSnapshot(context, account.value, wish, production.value, left);
  if (!choice.ok) return choice;
  const classes = wish.classes.length > 0 ? wish.classes : [production.value?.DBInstanceClass ?? ''];
  const takes = choice.value.is === 'to-take';
  const copies = wish.snapshot.kmsKey !== undefined;
  const { region } = wish.access;
  const server = { cloud: wish.kind, region, storageGb: production.value?.AllocatedStorage };
  const spans = [restoring, passwordAndDeletion, ...(takes ? [snapshotting] : []), ...(copies ? [snapshotting] : [])];
  return ok({
    kind: 'rds',
    steps: [
      snapshotStep(wish, choice.value),
      ...(copies ? [`Copy it with the key ${wish.snapshot.kmsKey}, as a snapshot of ours.`] : []),
      restoreStep(context, wish, production.value, classes),
      'Set a random master password on it that only this run knows; production’s is never read.',
      `Copy from it, then delete it${cleanUp(wish, takes, copies)}, and verify that RDS has none of them any more.`,
    ],
    warnings: warningsOf(wish, production.value, takes, orphans.length),
    region,
    prices: classPrices(server, classes, wish.prices),
    minutes: [spans.reduce((sum, [from]) => sum + from, 0), spans.reduce((sum, [, to]) => sum + to, 0)],
  });
}

function snapshotStep({ instance, snapshot }: RdsWish, choice: SnapshotChoice): string {
  switch (choice.is) {
    case 'there': {
      const at = dataTime(choice.snapshot)?.toISOString() ?? 'an unknown moment';
      return `Use the snapshot ${choice.snapshot.DBSnapshotIdentifier} of ${at}.`;
    }
    case 'left':
      return `Go on with the snapshot ${choice.line.label}, which an earlier attempt left.`;
    default:
      return `Take a snapshot of ${instance}, since ${choice.why}${snapshot.keep ? '; it is kept' : ''}.`;
  }
}

function restoreStep(context: Context, wish: RdsWish, production: DbInstance | undefined, classes: readonly string[]): string {
  const network = wish.subnetGroup ?? production?.DBSubnetGroup?.DBSubnetGroupName;
  const groups = wish.securityGroups ?? (production?.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId: id = '' }) => id);
  const parameters = wish.parameterGroup ?? production?.DBParameterGroups?.[0]?.DBParameterGroupName;
  const where = [
    ...(network === undefined ? [] : [`in the subnet group ${network}`]),
    ...(groups.length === 0 ? [] : [`with the security groups ${groups.join(', ')}`]),
    ...(parameters === undefined ? [] : [`the parameter group ${parameters}`]),
  ];
  const which = classes.length === 1 ? `as ${classes[0]}` : `as the first of ${classes.join(', ')} that can be had`;
  return `Restore it as ${cloudName(wish.instance, context.now())} ${which} ${where.join(' and ')}: not public, in one zone, without backups, to be deleted after ${wish.deleteAfterHours} hours at the latest.`;
}

function cleanUp({ snapshot }: RdsWish, takes: boolean, copies: boolean): string {
  const gone = [...(takes && !snapshot.keep ? ['the snapshot'] : []), ...(copies ? ['the copy'] : [])];
  return gone.length === 0 ? '' : ` and ${gone.join(' and ')}`;
}

function warningsOf(wish: RdsWish, production: DbInstance | undefined, takes: boolean, left: number): readonly string[] {
  return [
    ...(takes && production?.MultiAZ !== true
      ? [
          `${wish.instance} is in one zone only: its I/O stands still for seconds to minutes while the snapshot begins. Take it at a quiet hour, or allow an older one.`,
        ]
      : []),
    ...(takes && wish.snapshot.keep ? ['The new snapshot stays: it costs money, and it holds all of production’s data.'] : []),
    ...(left > 0 ? [`Earlier attempts left ${left} of their things in the cloud: what fits is gone on with, \`pgrehearse gc\` deletes the others.`] : []),
  ];
}
