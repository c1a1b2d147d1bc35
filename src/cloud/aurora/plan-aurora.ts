import type { AuroraWish, ThrowawayPlan } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { cloudName } from '../cloud-name.ts';
import { openAccount } from '../open-account.ts';
import { orphansOf } from '../orphans.ts';
import { classPrices } from '../price-per-hour.ts';
import { type ProductionCluster, sourceOfAurora } from './attempt.ts';
import { type ClusterSnapshotChoice, chooseClusterSnapshot } from './choose-snapshot.ts';
import { classesOf, memberParameterGroup } from './create-member.ts';
import { describeProductionCluster } from './describe-production.ts';
import { warnOfFullCopy } from './lineage.ts';
import { placeOf } from './restore-cluster.ts';

/** Minutes, from and to, by other people's accounts: a clone copies nothing, whatever its size; a restored snapshot is copied as a whole. */
const cloning = [3, 15] as const;
const restoring = [8, 60] as const;
const snapshotting = [1, 20] as const;
/** An instance takes its time in either case; then password and deletion. */
const rest = [8, 25] as const;

/** What `provideAurora` would do for this wish, found out by calls that only read. Fails as that does with what can be known before anything is made. */
export async function planAurora(context: Context, wish: AuroraWish): Promise<Result<ThrowawayPlan>> {
  const account = await openAccount(context, wish.access, wish.account);
  if (!account.ok) return account;
  const production = await describeProductionCluster(context, account.value, wish);
  if (!production.ok) return production;
  const orphans = await orphansOf(context, sourceOfAurora(wish));
  const { snapshot: settings } = wish;
  const { cluster } = production.value;
  const left = orphans.filter(({ kind }) => kind === 'snapshot');
  const choice = settings === undefined ? undefined : await chooseClusterSnapshot(context, account.value, wish, settings, cluster, left);
  if (choice?.ok === false) return choice;
  let fullCopy: string | undefined;
  try {
    fullCopy = settings === undefined ? await warnOfFullCopy(account.value, cluster, context.signal) : undefined;
  } catch (error) {
    return fail(cloudFailure(error, `counting the clones of ${wish.cluster}`));
  }
  const takes = choice?.value.is === 'to-take';
  const keeps = takes && settings?.keep === true;
  const spans = [settings === undefined && fullCopy === undefined ? cloning : restoring, rest, ...(takes ? [snapshotting] : [])];
  const { region } = wish.access;
  return ok({
    kind: 'aurora',
    steps: [
      ...(choice === undefined ? [] : [snapshotStep(wish, choice.value, keeps)]),
      clusterStep(context, wish, production.value),
      memberStep(wish, production.value),
      'Set a random master password on the cluster that only this run knows; production’s is never read.',
      `Copy from it, then delete the instance, the cluster${takes && !keeps ? ' and the snapshot' : ''}, and verify that Aurora has none of them any more.`,
    ],
    warnings: [
      ...(fullCopy === undefined ? [] : [fullCopy]),
      ...(keeps ? ['The new snapshot stays: it costs money, and it holds all of production’s data.'] : []),
      ...(orphans.length > 0
        ? [`Earlier attempts left ${orphans.length} of their things in the cloud: what fits is gone on with, \`pgrehearse gc\` deletes the others.`]
        : []),
    ],
    region,
    prices: classPrices({ cloud: wish.kind, region }, classesOf(wish, production.value), wish.prices),
    minutes: [spans.reduce((sum, [from]) => sum + from, 0), spans.reduce((sum, [, to]) => sum + to, 0)],
  });
}

function snapshotStep({ cluster }: AuroraWish, choice: ClusterSnapshotChoice, keeps: boolean): string {
  switch (choice.is) {
    case 'there':
      return `Use the cluster snapshot ${choice.snapshot.DBClusterSnapshotIdentifier} of ${choice.snapshot.SnapshotCreateTime?.toISOString() ?? 'an unknown moment'}.`;
    case 'left':
      return `Go on with the cluster snapshot ${choice.line.label}, which an earlier attempt left.`;
    default:
      return `Take a snapshot of ${cluster}, since ${choice.why}${keeps ? '; it is kept' : ''}.`;
  }
}

function clusterStep(context: Context, wish: AuroraWish, production: ProductionCluster): string {
  const { DBSubnetGroupName: network, VpcSecurityGroupIds: groups = [], DBClusterParameterGroupName: parameters } = placeOf(wish, production);
  const where = [
    ...(network === undefined ? [] : [`in the subnet group ${network}`]),
    ...(groups.length === 0 ? [] : [`with the security groups ${groups.join(', ')}`]),
    ...(parameters === undefined ? [] : [`the cluster parameter group ${parameters}`]),
  ];
  const how = wish.snapshot === undefined ? `Clone ${wish.cluster} by copy-on-write` : 'Restore it';
  return `${how} as the cluster ${cloudName(wish.cluster, context.now())} ${where.join(' and ')}, to be deleted after ${wish.deleteAfterHours} hours at the latest.`;
}

function memberStep(wish: AuroraWish, production: ProductionCluster): string {
  const classes = classesOf(wish, production);
  const which = classes.length === 1 ? `of ${classes[0]}` : `of the first of ${classes.join(', ')} that can be had`;
  const parameters = memberParameterGroup(wish, production);
  return `Make one instance ${which} in it${parameters === undefined ? '' : ` with the parameter group ${parameters}`}, not public.`;
}
