import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster } from '../../core/aws-things.ts';
import { closestName } from '../../core/closest-name.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { checkPlace } from '../check-place.ts';
import { describeInstance } from '../rds/instance.ts';
import { accountOfArn } from '../rds/snapshot-arn.ts';
import { originalOf, type ProductionCluster } from './attempt.ts';
import { describeCluster, listClusters } from './cluster.ts';

/** At most this many names in a sentence. */
const namesShown = 8;

/** Aurora clones only what some instance serves: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.html. */
const needsInstance = 'it has no instance, and Aurora clones only clusters that have at least one';

/**
 * Production as Aurora knows it. Empty where it needn't be there: a snapshot of another account is restored by what the wish itself says.
 * Fails with `cloud-not-found`, which names what there is instead, with `cloud-refused` for what isn't Aurora for PostgreSQL, and with what `checkPlace` fails with.
 */
export async function describeProductionCluster(context: Context, account: AwsAccount, wish: AuroraWish): Promise<Result<ProductionCluster>> {
  try {
    const found = await describeCluster(account, originalOf(wish), context.signal);
    if (found === undefined && !isForeign(wish)) return await missing(context, account, wish);
    const place = await checkPlace(context, account, {
      ...{ ...wish, kmsKey: wish.snapshot?.kmsKey },
      ...{ engine: 'aurora-postgresql', engineVersion: found?.EngineVersion },
    });
    if (!place.ok) return place;
    if (found === undefined) return checkCompleteness(wish);
    const wrong = whyNotClonable(wish, found);
    if (wrong !== undefined)
      return fail(failure('cloud-refused', `${wish.cluster}: ${wrong.why}`, { object: wish.cluster, ...withoutUndefined({ cure: wrong.cure }) }));
    const members = found.DBClusterMembers ?? [];
    const name = (members.find(({ IsClusterWriter }) => IsClusterWriter === true) ?? members[0])?.DBInstanceIdentifier;
    const writer = name === undefined ? undefined : await describeInstance(account, name, context.signal);
    return ok({ cluster: found, ...withoutUndefined({ writer }) });
  } catch (error) {
    return fail(cloudFailure(error, `describing the cluster ${wish.cluster}`));
  }
}

/** Whether the snapshot that is named belongs to another account, which shares it. */
export function isForeign({ snapshot, account }: AuroraWish): boolean {
  const owner = snapshot?.identifier === undefined ? undefined : accountOfArn(snapshot.identifier);
  return owner !== undefined && owner !== account;
}

function whyNotClonable(wish: AuroraWish, { Engine: engine, EngineMode: mode, DBClusterMembers: members }: DbCluster) {
  if (engine !== 'aurora-postgresql') return { why: `it runs ${engine ?? 'an unknown engine'}, not Aurora for PostgreSQL`, cure: undefined };
  if (mode === 'serverless') return { why: 'it is Aurora Serverless v1, whose instances can’t be made', cure: 'Upgrade it to v2.' };
  if (wish.snapshot === undefined && (members ?? []).length === 0)
    return { why: needsInstance, cure: 'Add one, or restore a snapshot of it (source.aurora.snapshot).' };
  return undefined;
}

async function missing(context: Context, account: AwsAccount, wish: AuroraWish): Promise<Result<never>> {
  const names = (await listClusters(account, context.signal)).flatMap(({ DBClusterIdentifier: name }) => (name === undefined ? [] : [name]));
  const close = closestName(wish.cluster, names);
  const there = names.length === 0 ? 'there are none' : `there are ${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ' and others' : ''}`;
  const cure =
    close === undefined
      ? 'Check region and account: a clone is made in the region of the cluster. What belongs to another account is reached with that one’s credentials, or by a snapshot that it shares (snapshot.identifier).'
      : `Did you mean ${close}? Else check region and account.`;
  return fail(failure('cloud-not-found', `${wish.account} has no cluster ${wish.cluster} in ${wish.access.region}: ${there}`, { object: wish.cluster, cure }));
}

function checkCompleteness(wish: AuroraWish): Result<ProductionCluster> {
  const lacking = [...(wish.classes.length === 0 ? ['an instance class'] : []), ...(wish.subnetGroup === undefined ? ['a subnet group'] : [])];
  if (lacking.length === 0) return ok({});
  const text = `${wish.cluster} isn’t in this account, so that ${lacking.join(' and ')} for the snapshot of another account can’t be taken from it`;
  return fail(failure('cloud-not-found', text, { object: wish.cluster, cure: 'Configure them for this source.' }));
}
