import type { AwsOperations } from '../../core/aws-operations.ts';
import type { DbInstance } from '../../core/aws-things.ts';
import type { RdsWish } from '../../core/cloud.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, type Result } from '../../core/result.ts';
import { cloudName } from '../cloud-name.ts';
import { ownTags, toAwsTags } from '../cloud-tags.ts';
import { makeCloudResource } from '../make-cloud-resource.ts';
import { ownPrice, priceFacts } from '../own-price.ts';
import { rdsInstance } from './instance.ts';
import type { Attempt, ReadySnapshot } from './ready-snapshot.ts';
import { factsOf, sourceOf } from './source-of.ts';

type RestoreInput = AwsOperations['rds:RestoreDBInstanceFromDBSnapshot']['input'];

/** What one try asks for beyond what all do. */
interface Try {
  readonly instanceClass: string;
  /** General purpose storage of today, whatever production has; else the snapshot's own. */
  readonly gp3: boolean;
  /** Whether the restore itself may say that no backups are wanted: services of before 2026 don't know the parameter. */
  readonly noBackups: boolean;
}

/** Refusals after which another class may be taken: no room, no such pair of class and storage, no quota. */
const tryAnother = [
  'InsufficientDBInstanceCapacity',
  'StorageTypeNotSupported',
  'ProvisionedIopsNotAvailableInAZ',
  'InstanceQuotaExceeded',
  'StorageQuotaExceeded',
  // "RDS does not support creating a DB instance with the following combination": of class, engine and version.
  'InvalidParameterCombination',
];

/** Which quota a person asks AWS to raise: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html. */
const quotas: Readonly<Record<string, string>> = {
  InstanceQuotaExceeded: 'the quota “DB instances” of the account in this region',
  StorageQuotaExceeded: 'the quota “Total storage for all DB instances” of the account in this region',
};

/**
 * Begins to restore a snapshot as a server of ours: in production's network, with its parameter group, of the first class that can be had; not public, in one zone, without
 * backups or protection against deletion. Fails with `cloud-quota`, which names every class that was tried, `cloud-key`, `cloud-network` or another refusal.
 */
export async function restoreInstance(
  context: Context,
  attempt: Attempt,
  production: DbInstance | undefined,
  snapshot: ReadySnapshot,
): Promise<Result<Resource>> {
  const { wish } = attempt;
  const classes = wish.classes.length > 0 ? wish.classes : production?.DBInstanceClass === undefined ? [] : [production.DBInstanceClass];
  const refusals: string[] = [];
  let last: Result<Resource> | undefined;
  let noBackups = true;
  for (const instanceClass of classes) {
    for (const gp3 of [true, false]) {
      if (context.signal.aborted) return fail(failure('interrupted', 'the run was interrupted before the snapshot was restored'));
      let outcome = await tryClass(context, attempt, production, snapshot, { instanceClass, gp3, noBackups });
      if (noBackups && outcome.refusal?.message.includes('BackupRetentionPeriod') === true) {
        noBackups = false;
        outcome = await tryClass(context, attempt, production, snapshot, { instanceClass, gp3, noBackups });
      }
      last = outcome.result;
      const { refusal } = outcome;
      if (last.ok || refusal === undefined || !tryAnother.includes(refusal.code)) return last.ok ? last : explained(last, snapshot);
      // Only storage can be a reason to try the same class again.
      if (gp3 && (refusal.code === 'StorageTypeNotSupported' || refusal.message.includes('gp3'))) continue;
      refusals.push(`${instanceClass}: ${quotas[refusal.code] ?? refusal.message} (${refusal.code})`);
      break;
    }
  }
  if (last === undefined || last.ok)
    return fail(failure('cloud-refused', 'no instance class is configured, and production’s isn’t known', { cure: 'Name one in classes.' }));
  return fail({ ...last.failure, message: `none of the instance classes could be had: ${refusals.join('; ')}` });
}

async function tryClass(context: Context, attempt: Attempt, production: DbInstance | undefined, snapshot: ReadySnapshot, given: Try) {
  const { account, wish, run } = attempt;
  const rest = restoreInput(attempt, production, given);
  const pricePerHour = ownPrice(wish.prices, given.instanceClass);
  const outcome = await makeCloudResource(context, {
    kind: 'throwaway',
    facts: {
      ...{ ...factsOf(wish, run, 'rds-instance'), snapshot: snapshot.identifier, class: given.instanceClass, settings: settingsOf(wish, production) },
      ...priceFacts(pricePerHour),
    },
    patience: wish,
    doing: `restoring ${snapshot.label} as ${given.instanceClass}`,
    name: (at) => cloudName(wish.instance, at),
    open: (identifier) => rdsInstance(account, identifier),
    create: (identifier, line) =>
      account.call('rds:RestoreDBInstanceFromDBSnapshot', {
        ...rest,
        DBInstanceIdentifier: identifier,
        DBSnapshotIdentifier: snapshot.identifier,
        Tags: toAwsTags(ownTags(context, { run, line, source: sourceOf(wish), deleteAfterHours: wish.deleteAfterHours, pricePerHour })),
      }),
  });
  const resource = outcome.result.ok ? outcome.result.value : outcome.left;
  if (resource !== undefined) attempt.made.push(resource);
  return outcome;
}

/** Where a server is restored to and how it is set, as a text that differs where any of it does: who corrected a setting doesn't get a server that was made before. */
export function settingsOf(wish: RdsWish, production: DbInstance | undefined): string {
  return JSON.stringify(placeOf(wish, production));
}

/** A list is one parameter here: what names two security groups gets both. */
function placeOf(wish: RdsWish, production: DbInstance | undefined): Pick<RestoreInput, 'DBSubnetGroupName' | 'VpcSecurityGroupIds' | 'DBParameterGroupName'> {
  const subnetGroup = wish.subnetGroup ?? production?.DBSubnetGroup?.DBSubnetGroupName;
  const securityGroups = wish.securityGroups ?? (production?.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => (id === undefined ? [] : [id]));
  // Without it a restore takes RDS's default group, which forces no TLS and loads no library.
  const parameterGroup = wish.parameterGroup ?? production?.DBParameterGroups?.[0]?.DBParameterGroupName;
  return {
    ...(subnetGroup === undefined ? {} : { DBSubnetGroupName: subnetGroup }),
    ...(securityGroups.length === 0 ? {} : { VpcSecurityGroupIds: securityGroups }),
    ...(parameterGroup === undefined ? {} : { DBParameterGroupName: parameterGroup }),
  };
}

function restoreInput(
  { wish }: Attempt,
  production: DbInstance | undefined,
  { instanceClass, gp3, noBackups }: Try,
): Omit<RestoreInput, 'DBInstanceIdentifier' | 'DBSnapshotIdentifier' | 'Tags'> {
  return {
    ...placeOf(wish, production),
    DBInstanceClass: instanceClass,
    MultiAZ: false,
    PubliclyAccessible: false,
    DeletionProtection: false,
    AutoMinorVersionUpgrade: false,
    CopyTagsToSnapshot: false,
    ...(gp3 ? { StorageType: 'gp3' } : {}),
    ...(noBackups ? { BackupRetentionPeriod: 0 } : {}),
  };
}

function explained(failed: Extract<Result<Resource>, { readonly ok: false }>, snapshot: ReadySnapshot): Result<Resource> {
  if (failed.failure.code !== 'cloud-key' || snapshot.key === undefined) return failed;
  return fail({ ...failed.failure, message: `${failed.failure.message} (the snapshot is encrypted with ${snapshot.key})`, object: snapshot.key });
}
