import type { AwsOperations } from '../../core/aws-operations.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { adoptNewest } from '../adopt-newest.ts';
import { makeWhenCalm } from '../make-when-calm.ts';
import { type Attempt, makePart, originalOf, type ProductionCluster } from './attempt.ts';
import { calmProduction } from './calm-production.ts';
import { auroraCluster } from './cluster.ts';
import { warnOfFullCopy } from './lineage.ts';

/** What a new cluster comes from. */
export type ClusterOrigin =
  /** Production itself, by copy-on-write. */
  { readonly is: 'clone' } | { readonly is: 'snapshot'; readonly identifier: string; readonly dataAsOf: string; readonly kmsKey?: string };

/** A cluster of ours that is coming; `dataAsOf` is the moment of production that it shows, or one a little before it. ISO 8601. */
export interface RestoredCluster {
  readonly resource: Resource;
  readonly dataAsOf: string;
}

const hourMs = 3_600_000;

/**
 * Begins to clone production, or to restore a snapshot of it, as a cluster of ours: in production's network, with its cluster parameter group, without protection against
 * deletion. Goes on with the cluster that an earlier attempt left where it came to be in the same way and is young enough.
 */
export async function restoreCluster(context: Context, attempt: Attempt, origin: ClusterOrigin): Promise<Result<RestoredCluster>> {
  const adopted = await adoptCluster(context, attempt, origin);
  if (!adopted.ok || adopted.value !== undefined) return adopted as Result<RestoredCluster>;
  if (origin.is === 'clone') return await clone(context, attempt);
  const { account } = attempt;
  const { identifier: SnapshotIdentifier, dataAsOf, kmsKey } = origin;
  const rest = { ...inputOf(attempt), SnapshotIdentifier, Engine: 'aurora-postgresql', ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }) } as const;
  const { result } = await makePart(context, attempt, {
    thing: 'aurora-cluster',
    facts: { origin: originOf(origin, attempt.wish), settings: settingsOf(attempt), dataAsOf },
    doing: `restoring the cluster snapshot ${SnapshotIdentifier}`,
    open: (name) => auroraCluster(account, name),
    create: (DBClusterIdentifier, Tags) => account.call('rds:RestoreDBClusterFromSnapshot', { ...rest, DBClusterIdentifier, Tags }),
  });
  return result.ok ? ok({ resource: result.value, dataAsOf }) : result;
}

async function clone(context: Context, attempt: Attempt): Promise<Result<RestoredCluster>> {
  const { account, wish, production } = attempt;
  const original = originalOf(wish);
  const doing = `cloning ${original}`;
  let dataAsOf = '';
  const cloned = await makeWhenCalm(context, {
    ...calmProduction(attempt, doing),
    async announce() {
      const warning = await warnOfFullCopy(account, production.cluster, context.signal).catch(() => undefined);
      if (warning !== undefined) context.emit({ type: 'step', phase: 'provision', text: warning });
      context.emit({ type: 'step', phase: 'provision', text: `Cloning ${original} by copy-on-write` });
    },
    make() {
      // Before the call: what it shows isn't older, and so never said to be younger than it is.
      dataAsOf = context.now().toISOString();
      return makePart(context, attempt, {
        thing: 'aurora-cluster',
        facts: { origin: originOf({ is: 'clone' }, wish), settings: settingsOf(attempt), dataAsOf },
        doing,
        open: (name) => auroraCluster(account, name),
        create: (DBClusterIdentifier, Tags) =>
          account.call('rds:RestoreDBClusterToPointInTime', {
            ...inputOf(attempt),
            DBClusterIdentifier,
            SourceDBClusterIdentifier: original,
            RestoreType: 'copy-on-write',
            UseLatestRestorableTime: true,
            Tags,
          }),
      });
    },
  });
  return cloned.ok ? ok({ resource: cloned.value, dataAsOf }) : cloned;
}

/** A clone that was left shows production as it was when it was made: it does only while it is as young as a snapshot would have to be. */
async function adoptCluster(
  context: Context,
  { account, wish, orphans, made, ...attempt }: Attempt,
  origin: ClusterOrigin,
): Promise<Result<RestoredCluster | undefined>> {
  const youngest = context.now().getTime() - wish.freshnessHours * hourMs;
  const lines = orphans.filter(
    ({ facts: { thing, dataAsOf, origin: from, settings } }) =>
      thing === 'aurora-cluster' &&
      typeof dataAsOf === 'string' &&
      from === originOf(origin, wish) &&
      settings === settingsOf({ wish, ...attempt }) &&
      (origin.is !== 'clone' || Date.parse(dataAsOf) >= youngest),
  );
  const adopted = await adoptNewest(context, made, {
    lines: wish.fresh ? [] : lines,
    open: (identifier) => auroraCluster(account, identifier),
    tell: ({ label }) => `the cluster ${label}, which an earlier attempt made in the same way`,
  });
  if (!adopted.ok || adopted.value === undefined) return adopted as Result<undefined>;
  return ok({ resource: adopted.value, dataAsOf: String(adopted.value.facts.dataAsOf) });
}

/** A copy of a copy may have been changed since: whoever clones production doesn't go on with it. */
function originOf(origin: ClusterOrigin, { copyOf }: AuroraWish): string {
  if (origin.is === 'clone') return copyOf === undefined ? 'clone' : `clone of ${copyOf}`;
  return `snapshot ${origin.identifier} ${origin.kmsKey ?? ''}`.trimEnd();
}

/** Where a cluster is restored to and how it is set, as a text that differs where any of it does: who corrected a setting doesn't get a cluster that was made before. */
function settingsOf(attempt: Pick<Attempt, 'wish' | 'production'>): string {
  return JSON.stringify(placeOf(attempt.wish, attempt.production));
}

type Place = Pick<AwsOperations['rds:RestoreDBClusterToPointInTime']['input'], 'DBSubnetGroupName' | 'VpcSecurityGroupIds' | 'DBClusterParameterGroupName'>;

/** Unless told, a new cluster gets the default security group and the default parameters, which are not production's. */
export function placeOf(wish: AuroraWish, { cluster }: ProductionCluster): Place {
  const subnetGroup = wish.subnetGroup ?? cluster?.DBSubnetGroup;
  const securityGroups = wish.securityGroups ?? (cluster?.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => (id === undefined ? [] : [id]));
  const parameterGroup = wish.clusterParameterGroup ?? cluster?.DBClusterParameterGroup;
  return {
    ...(subnetGroup === undefined ? {} : { DBSubnetGroupName: subnetGroup }),
    ...(securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: securityGroups }),
    ...(parameterGroup === undefined ? {} : { DBClusterParameterGroupName: parameterGroup }),
  };
}

function inputOf({ wish, production }: Attempt) {
  // A class of db.serverless needs it, and others don't mind.
  const { MinCapacity, MaxCapacity } = production.cluster?.ServerlessV2ScalingConfiguration ?? {};
  return {
    ...placeOf(wish, production),
    ...(MinCapacity === undefined || MaxCapacity === undefined ? {} : { ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity } }),
    DeletionProtection: false,
    CopyTagsToSnapshot: false,
  };
}
