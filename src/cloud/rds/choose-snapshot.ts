import type { AwsAccount } from '../../core/aws.ts';
import type { DbInstance, DbSnapshot } from '../../core/aws-things.ts';
import type { RdsWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { fromAwsTags, tagNames } from '../cloud-tags.ts';
import { isForeign } from './describe-production.ts';
import { describeSnapshot, listSnapshots } from './snapshot.ts';

/** Where the data comes from: a snapshot that is there, one of ours that an earlier attempt left, perhaps unfinished, or one that has to be taken. */
export type SnapshotChoice =
  | { readonly is: 'there'; readonly snapshot: DbSnapshot }
  | { readonly is: 'left'; readonly line: Resource }
  | { readonly is: 'to-take'; readonly why: string };

const hourMs = 3_600_000;

/**
 * Chooses the snapshot to restore: the one that is named; else the newest that is young enough, whoever took it, from all pages of all sorts; else one of ours that was left;
 * else a new one.
 * Fails with `snapshot-missing`, `cloud-not-found` or `cloud-key`.
 *
 * @param left ledger lines of our own snapshots of this production whose maker is gone
 */
export async function chooseSnapshot(
  context: Context,
  account: AwsAccount,
  wish: RdsWish,
  production: DbInstance | undefined,
  left: readonly Resource[],
): Promise<Result<SnapshotChoice>> {
  const { snapshot: settings } = wish;
  try {
    if (settings.identifier !== undefined) return await takeNamed(context, account, wish, settings.identifier);
    const { freshnessHours, fresh, take } = settings;
    const all = fresh ? [] : await allOf(context, account, wish);
    const usable = all.filter((one) => isUsable(one, production, left)).toSorted((one, other) => takenAt(other) - takenAt(one));
    const [newest] = usable;
    if (newest !== undefined && hoursSince(context, newest) <= freshnessHours) return ok(asChoice(newest, left));
    const unfinished = fresh
      ? undefined
      : left.find((line) => all.some((one) => one.DBSnapshotIdentifier === line.facts.identifier && one.Status === 'creating'));
    if (unfinished !== undefined) return ok({ is: 'left', line: unfinished });
    const why = fresh ? 'a new one is wanted' : newest === undefined ? 'there is none' : `the newest, ${nameOf(newest)}, is ${showAge(context, newest)} old`;
    if (take) return ok({ is: 'to-take', why });
    return fail(
      failure(
        'snapshot-missing',
        `no snapshot of ${wish.instance} is young enough: ${why}; at most ${freshnessHours} hours are allowed, and none may be taken`,
        {
          object: wish.instance,
        },
      ),
    );
  } catch (error) {
    return fail(cloudFailure(error, `looking for snapshots of ${wish.instance}`));
  }
}

/** The moment of production that it shows. A copy has the time of the copying, and the original's apart. */
export function dataTime(snapshot: DbSnapshot): Date | undefined {
  return snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime;
}

/** What a restore is told: its name, or its ARN where it belongs to another account. */
export function restorable(wish: RdsWish, snapshot: DbSnapshot): string {
  const { DBSnapshotIdentifier: name = '', DBSnapshotArn: arn = '' } = snapshot;
  return isForeign(wish) && arn !== '' ? arn : name;
}

/** Automated and manual ones come together; those of AWS Backup only when they are asked for, and both are told as production's. */
async function allOf(context: Context, account: AwsAccount, { instance }: RdsWish): Promise<readonly DbSnapshot[]> {
  const [own, backups] = [
    await listSnapshots(account, { DBInstanceIdentifier: instance }, context.signal),
    await listSnapshots(account, { DBInstanceIdentifier: instance, SnapshotType: 'awsbackup' }, context.signal),
  ];
  const seen = new Set(own.map(({ DBSnapshotIdentifier: name }) => name));
  return [...own, ...backups.filter(({ DBSnapshotIdentifier: name }) => !seen.has(name))];
}

function isUsable(snapshot: DbSnapshot, production: DbInstance | undefined, left: readonly Resource[]): boolean {
  if (snapshot.Status !== 'available' || dataTime(snapshot) === undefined) return false;
  // Another instance once had this name.
  const [of, now] = [snapshot.DbiResourceId, production?.DbiResourceId];
  if (of !== undefined && now !== undefined && of !== now) return false;
  // One that a run of ours took for itself is deleted when that run ends, unless that run is gone and this one takes over.
  const goes = fromAwsTags(snapshot.TagList)[tagNames.deleteAfter] !== undefined;
  return !goes || left.some((line) => line.facts.identifier === snapshot.DBSnapshotIdentifier);
}

function asChoice(snapshot: DbSnapshot, left: readonly Resource[]): SnapshotChoice {
  const line = left.find(({ facts }) => facts.identifier === snapshot.DBSnapshotIdentifier);
  return line === undefined ? { is: 'there', snapshot } : { is: 'left', line };
}

async function takeNamed(context: Context, account: AwsAccount, wish: RdsWish, identifier: string): Promise<Result<SnapshotChoice>> {
  const snapshot = await describeSnapshot(account, identifier, context.signal);
  if (snapshot === undefined) {
    const names = (await allOf(context, account, wish))
      .toSorted((one, other) => takenAt(other) - takenAt(one))
      .slice(0, 5)
      .map(nameOf);
    const there = names.length === 0 ? `there is none of ${wish.instance}` : `the newest of ${wish.instance} are ${names.join(', ')}`;
    const cure = identifier.startsWith('arn:')
      ? 'Check its region, and that it is shared with this account.'
      : 'Check region and account; a snapshot that another account shares is named by its ARN.';
    return fail(failure('cloud-not-found', `there is no snapshot ${identifier} in ${wish.access.region}: ${there}`, { object: identifier, cure }));
  }
  const engine = snapshot.Engine ?? 'postgres';
  if (engine !== 'postgres') return fail(failure('cloud-refused', `the snapshot ${identifier} holds ${engine}, not PostgreSQL`, { object: identifier }));
  if (snapshot.Status !== 'available')
    return fail(
      failure('snapshot-missing', `the snapshot ${identifier} is ${snapshot.Status ?? 'unknown'}`, {
        object: identifier,
        cure: 'Run again when it is available.',
      }),
    );
  if (isForeign(wish) && snapshot.Encrypted === true && wish.snapshot.kmsKey === undefined) {
    const key = snapshot.KmsKeyId === undefined ? '' : ` with ${snapshot.KmsKeyId}`;
    return fail(
      failure('cloud-key', `the snapshot ${identifier} of another account is encrypted${key}, and such a one can’t be restored as it is`, {
        object: identifier,
        cure: 'Set snapshot.kmsKey to a key of this account: the snapshot is copied with it first. That the other account must have shared its key too excludes its default key, aws/rds.',
      }),
    );
  }
  return ok({ is: 'there', snapshot });
}

function takenAt(snapshot: DbSnapshot): number {
  return dataTime(snapshot)?.getTime() ?? 0;
}

function hoursSince(context: Context, snapshot: DbSnapshot): number {
  return (context.now().getTime() - takenAt(snapshot)) / hourMs;
}

function showAge(context: Context, snapshot: DbSnapshot): string {
  const hours = hoursSince(context, snapshot);
  return hours < 48 ? `${Math.floor(hours)} hours` : `${Math.floor(hours / 24)} days`;
}

function nameOf({ DBSnapshotIdentifier: name = 'unnamed' }: DbSnapshot): string {
  return name;
}
