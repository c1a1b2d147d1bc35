import type { AuroraWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { isOurs } from '../is-ours.ts';
import { ownPrice } from '../own-price.ts';
import { removeCloudResource } from '../remove-cloud-resource.ts';
import { meaningOf } from '../state-table.ts';
import { type Attempt, makePart, type ProductionCluster } from './attempt.ts';
import { auroraMember } from './member.ts';

/** Refusals after which another class may be taken: no room, no quota, no such class for this version. */
const tryAnother = ['InsufficientDBInstanceCapacity', 'InstanceQuotaExceeded', 'InvalidParameterCombination', 'StorageTypeNotSupported'];

/**
 * Begins to make the one instance that serves a cluster of ours: Aurora makes none by itself. Of the first class that can be had, with the parameter group of production's
 * writer, not public. Goes on with one that an earlier attempt left in this cluster. Fails with `cloud-quota`, which names every class that was tried, or another refusal.
 */
export async function createMember(context: Context, attempt: Attempt, cluster: string): Promise<Result<Resource>> {
  const { account, wish, production } = attempt;
  const adopted = await adoptMember(context, attempt, cluster);
  if (!adopted.ok || adopted.value !== undefined) return adopted as Result<Resource>;
  const parameterGroup = memberParameterGroup(wish, production);
  const refusals: string[] = [];
  let last: Extract<Result<Resource>, { readonly ok: false }> | undefined;
  for (const instanceClass of classesOf(wish, production)) {
    if (context.signal.aborted) return fail(failure('interrupted', 'the run was interrupted before the cluster had an instance'));
    const { result, refusal } = await makePart(context, attempt, {
      thing: 'aurora-instance',
      facts: { cluster, class: instanceClass },
      pricePerHour: ownPrice(wish.prices, instanceClass),
      doing: `making an instance of ${instanceClass} in ${cluster}`,
      open: (name) => auroraMember(account, name),
      create: (DBInstanceIdentifier, Tags) =>
        account.call('rds:CreateDBInstance', {
          DBInstanceIdentifier,
          DBClusterIdentifier: cluster,
          Engine: 'aurora-postgresql',
          DBInstanceClass: instanceClass,
          PubliclyAccessible: false,
          AutoMinorVersionUpgrade: false,
          ...(parameterGroup === undefined ? {} : { DBParameterGroupName: parameterGroup }),
          Tags,
        }),
    });
    if (result.ok || refusal === undefined || !tryAnother.includes(refusal.code)) return result;
    last = result;
    refusals.push(`${instanceClass}: ${refusal.message} (${refusal.code})`);
  }
  if (last === undefined)
    return fail(failure('cloud-refused', 'no instance class is configured, and production’s isn’t known', { cure: 'Name one in classes.' }));
  return fail({ ...last.failure, message: `none of the instance classes could be had: ${refusals.join('; ')}` });
}

/** Tried in this order. */
export function classesOf({ classes }: Pick<AuroraWish, 'classes'>, { writer }: ProductionCluster): readonly string[] {
  return classes.length > 0 ? classes : writer?.DBInstanceClass === undefined ? [] : [writer.DBInstanceClass];
}

export function memberParameterGroup({ parameterGroup }: AuroraWish, { writer }: ProductionCluster): string | undefined {
  return parameterGroup ?? writer?.DBParameterGroups?.[0]?.DBParameterGroupName;
}

/** Whatever an earlier attempt left in this cluster is made ours: one that can't be used would keep the cluster from being deleted. */
async function adoptMember(context: Context, attempt: Attempt, cluster: string): Promise<Result<Resource | undefined>> {
  const { account, wish, production, orphans, made } = attempt;
  for (const orphan of orphans.toReversed()) {
    const { thing, run, cluster: of, class: instanceClass } = orphan.facts;
    if (thing !== 'aurora-instance' || of !== cluster || typeof run !== 'string') continue;
    const line = await context.ledger.takeOver(orphan.id);
    if (line === undefined) continue;
    made.push(line);
    const member = auroraMember(account, line.label);
    try {
      const seen = await member.look(context.signal);
      const is = seen === undefined || !isOurs(seen.tags, { run }) ? 'none' : meaningOf(member.states, seen.status).is;
      if ((is === 'waiting' || is === 'ready') && classesOf(wish, production).includes(String(instanceClass))) return ok(line);
    } catch (error) {
      return fail(cloudFailure(error, `looking at ${line.label}, which an earlier attempt left`));
    }
    const removed = await removeCloudResource(context, line, wish);
    if (!removed.ok) return removed;
    made.splice(made.indexOf(line), 1);
  }
  return ok(undefined);
}
