import type { AwsAccount } from '../../core/aws.ts';
import type { DbCluster, DbClusterSnapshot } from '../../core/aws-things.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { fromAwsTags, tagNames } from '../cloud-tags.ts';
import { describeClusterSnapshot, listClusterSnapshots } from './cluster-snapshot.ts';
import { isForeign } from './describe-production.ts';

/** Where the data comes from: a snapshot that is there, one of ours that an earlier attempt left, perhaps unfinished, or one that has to be taken. */
export type ClusterSnapshotChoice =
  | { readonly is: 'there'; readonly snapshot: DbClusterSnapshot }
  | { readonly is: 'left'; readonly line: Resource }
  | { readonly is: 'to-take'; readonly why: string };

type Settings = NonNullable<AuroraWish['snapshot']>;

const hourMs = 3_600_000;

/**
 * Chooses the cluster snapshot to restore: the one that is named; else the newest that is young enough, whoever took it; else one of ours that was left; else a new one.
 * Fails with `snapshot-missing`, `cloud-not-found` or `cloud-key`.
 *
 * @param left ledger lines of our own snapshots of this production whose maker is gone
 */
export async function chooseClusterSnapshot(
  context: Context,
  account: AwsAccount,
  wish: AuroraWish,
  settings: Settings,
  production: DbCluster | undefined,
  left: readonly Resource[],
): Promise<Result<ClusterSnapshotChoice>> {
  const { cluster, freshnessHours, fresh } = wish;
  try {
    if (settings.identifier !== undefined) return await takeNamed(context, account, wish, settings.identifier);
    const all = fresh ? [] : await allOf(context, account, cluster);
    const [newest] = all.filter((one) => isUsable(one, production, left)).toSorted((one, other) => takenAt(other) - takenAt(one));
    if (newest !== undefined && hoursSince(context, newest) <= freshnessHours) {
      const line = left.find(({ facts }) => facts.identifier === newest.DBClusterSnapshotIdentifier);
      return ok(line === undefined ? { is: 'there', snapshot: newest } : { is: 'left', line });
    }
    const unfinished = left.find((line) => all.some((one) => one.DBClusterSnapshotIdentifier === line.facts.identifier && one.Status === 'creating'));
    if (unfinished !== undefined) return ok({ is: 'left', line: unfinished });
    const why = fresh
      ? 'a new one is wanted'
      : newest === undefined
        ? 'there is none'
        : `the newest, ${newest.DBClusterSnapshotIdentifier}, is ${Math.floor(hoursSince(context, newest))} hours old`;
    if (settings.take) return ok({ is: 'to-take', why });
    const text = `no snapshot of ${cluster} is young enough: ${why}; at most ${freshnessHours} hours are allowed, and none may be taken`;
    return fail(failure('snapshot-missing', text, { object: cluster }));
  } catch (error) {
    return fail(cloudFailure(error, `looking for snapshots of ${cluster}`));
  }
}

/** Automated and manual ones come together; those of AWS Backup only when they are asked for. */
async function allOf(context: Context, account: AwsAccount, cluster: string): Promise<readonly DbClusterSnapshot[]> {
  const [own, backups] = [
    await listClusterSnapshots(account, { DBClusterIdentifier: cluster }, context.signal),
    await listClusterSnapshots(account, { DBClusterIdentifier: cluster, SnapshotType: 'awsbackup' }, context.signal),
  ];
  const seen = new Set(own.map(({ DBClusterSnapshotIdentifier: name }) => name));
  return [...own, ...backups.filter(({ DBClusterSnapshotIdentifier: name }) => !seen.has(name))];
}

function isUsable(snapshot: DbClusterSnapshot, production: DbCluster | undefined, left: readonly Resource[]): boolean {
  if (snapshot.Status !== 'available' || snapshot.SnapshotCreateTime === undefined) return false;
  // Another cluster once had this name.
  const [of, now] = [snapshot.DbClusterResourceId, production?.DbClusterResourceId];
  if (of !== undefined && now !== undefined && of !== now) return false;
  // One that a run of ours took for itself is deleted when that run ends, unless that run is gone and this one takes over.
  const goes = fromAwsTags(snapshot.TagList)[tagNames.deleteAfter] !== undefined;
  return !goes || left.some((line) => line.facts.identifier === snapshot.DBClusterSnapshotIdentifier);
}

async function takeNamed(context: Context, account: AwsAccount, wish: AuroraWish, identifier: string): Promise<Result<ClusterSnapshotChoice>> {
  const snapshot = await describeClusterSnapshot(account, identifier, context.signal);
  const tell = (code: 'cloud-not-found' | 'cloud-refused' | 'snapshot-missing' | 'cloud-key', text: string, cure?: string) =>
    fail(failure(code, text, { object: identifier, ...(cure === undefined ? {} : { cure }) }));
  if (snapshot === undefined) {
    const cure = 'Check region and account; a snapshot that another account shares is named by its ARN.';
    return tell('cloud-not-found', `there is no cluster snapshot ${identifier} in ${wish.access.region}`, cure);
  }
  const { Engine: engine, Status: status, StorageEncrypted: encrypted, KmsKeyId: key } = snapshot;
  if (engine !== undefined && engine !== 'aurora-postgresql')
    return tell('cloud-refused', `the snapshot ${identifier} holds ${engine}, not Aurora for PostgreSQL`);
  if (status !== 'available') return tell('snapshot-missing', `the snapshot ${identifier} is ${status ?? 'unknown'}`, 'Run again when it is available.');
  if (isForeign(wish) && encrypted === true) {
    const cure =
      'Copy it into this account with a key of this account (aws rds copy-db-cluster-snapshot), and name the copy. The other account must share its key for that, which excludes its default key, aws/rds.';
    return tell(
      'cloud-key',
      `the snapshot ${identifier} of another account is encrypted${key === undefined ? '' : ` with ${key}`}: it is not restored as it is`,
      cure,
    );
  }
  return ok({ is: 'there', snapshot });
}

function takenAt(snapshot: DbClusterSnapshot): number {
  return snapshot.SnapshotCreateTime?.getTime() ?? 0;
}

function hoursSince(context: Context, snapshot: DbClusterSnapshot): number {
  return (context.now().getTime() - takenAt(snapshot)) / hourMs;
}
