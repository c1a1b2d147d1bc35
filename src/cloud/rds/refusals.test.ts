import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../../test/support/cloud-production.ts';
import { type NamedError, wordsFor } from '../../../test/support/fake-aws/named-errors.ts';
import type { RestoredAs } from '../../../test/support/fake-aws/rds/circumstances.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { RdsWish } from '../../core/cloud.ts';
import type { Failure } from '../../core/failure.ts';
import { exitCode } from '../../verdict/exit-code.ts';
import { provideThrowaway } from './provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

async function refused(wish: RdsWish = cloudWish()): Promise<Failure> {
  return await withContext(async (context) => {
    const provided = await provideThrowaway(context, wish);
    if (provided.ok) throw new Error('it was provided');
    return provided.failure;
  });
}

/** However often it is tried. */
function refuse(action: string, code: NamedError): void {
  cloud.aws.fault = (call) => (call.action === action ? { what: 'error', code, ...wordsFor(code) } : undefined);
}

const inWords = (failure: Failure) => `${failure.code} (${failure.rootCause}, exit ${exitCode({ failures: [failure], leftovers: [] })})`;

test.each<readonly [NamedError, string, string]>([
  ['InstanceQuotaExceeded', 'cloud-quota (quota, exit 3)', 'DB instances'],
  ['StorageQuotaExceeded', 'cloud-quota (quota, exit 3)', 'Total storage'],
  ['InsufficientDBInstanceCapacity', 'cloud-quota (quota, exit 3)', 'db.t4g.small'],
  ['StorageTypeNotSupported', 'cloud-quota (quota, exit 3)', 'storage type'],
  ['KMSKeyNotAccessibleFault', 'cloud-key (kms, exit 3)', 'KMS key'],
  ['DBSnapshotNotFound', 'cloud-not-found (environment, exit 4)', 'snapshot'],
  ['InvalidDBSnapshotState', 'cloud-refused (environment, exit 4)', 'InvalidDBSnapshotState'],
  ['InvalidVPCNetworkStateFault', 'cloud-network (environment, exit 4)', 'subnet group'],
  ['InvalidSubnet', 'cloud-network (environment, exit 4)', 'subnet'],
  ['DBSubnetGroupDoesNotCoverEnoughAZs', 'cloud-network (environment, exit 4)', 'Availability Zones'],
  ['DBSubnetGroupNotFoundFault', 'cloud-network (environment, exit 4)', 'subnet group'],
  ['DBParameterGroupNotFound', 'cloud-not-found (environment, exit 4)', 'parameter group'],
  ['InvalidRestoreFault', 'cloud-refused (environment, exit 4)', 'InvalidRestore'],
  ['VpcEncryptionControlViolationException', 'cloud-network (environment, exit 4)', 'encryption control'],
  ['InvalidParameterCombination', 'cloud-refused (environment, exit 4)', 'db.t4g.small'],
  ['AccessDenied', 'cloud-access-denied (privileges, exit 3)', 'AccessDenied'],
  ['ExpiredToken', 'cloud-credentials (authentication, exit 4)', 'expired'],
])('a restore that is refused with %s is %s', async (code, expected, words) => {
  refuse('RestoreDBInstanceFromDBSnapshot', code);
  const failure = await refused();
  expect(inWords(failure)).toBe(expected);
  expect(failure.message).toContain(words);
});

test.each<readonly [NamedError, string]>([
  ['SnapshotQuotaExceeded', 'cloud-quota (quota, exit 3)'],
  ['KMSKeyNotAccessibleFault', 'cloud-key (kms, exit 3)'],
])('a snapshot that is refused with %s is %s', async (code, expected) => {
  refuse('CreateDBSnapshot', code);
  expect(inWords(await refused(cloudWish({ snapshot: { fresh: true } })))).toBe(expected);
});

test('a snapshot that is refused for a while, although production is told as available, is announced once, as is the refusal', async () => {
  cloud.aws.next('CreateDBSnapshot', 'InvalidDBInstanceState', 5);
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish({ snapshot: { fresh: true } }));
    if (!provided.ok) throw new Error(provided.failure.message);
    await provided.value.remove();
    const told = context.events.flatMap((event) => (event.type === 'step' ? [event.text] : []));
    expect(cloud.aws.changes.filter(({ action }) => action === 'CreateDBSnapshot')).toHaveLength(6);
    expect(told.filter((text) => text.startsWith('Taking a snapshot of production'))).toHaveLength(1);
    expect(told.filter((text) => text === 'instance production is available')).toHaveLength(1);
    expect(told.filter((text) => text.includes('not in available state'))).toHaveLength(1);
  });
});

test.each<readonly [Exclude<RestoredAs, 'available' | 'storage-optimization'>, string]>([
  ['failed', 'throwaway-failed (environment, exit 4)'],
  ['restore-error', 'throwaway-failed (environment, exit 4)'],
  ['incompatible-restore', 'throwaway-failed (environment, exit 4)'],
  ['incompatible-network', 'cloud-network (environment, exit 4)'],
  ['incompatible-parameters', 'throwaway-failed (environment, exit 4)'],
  ['incompatible-option-group', 'throwaway-failed (environment, exit 4)'],
  ['insufficient-capacity', 'cloud-quota (quota, exit 3)'],
  ['storage-full', 'throwaway-failed (environment, exit 4)'],
  ['inaccessible-encryption-credentials', 'cloud-key (kms, exit 3)'],
  ['inaccessible-encryption-credentials-recoverable', 'cloud-key (kms, exit 3)'],
  ['stopped', 'throwaway-failed (environment, exit 4)'],
])('a server that ends as %s is %s, and is deleted', async (state, expected) => {
  cloud.aws.rds.circumstances.restoredAs = state;
  const failure = await refused();
  expect(inWords(failure)).toBe(expected);
  expect(failure.message).toContain(state);
  expect(failure.problems).toBeUndefined();
  expect(cloud.aws.changes.map(({ action }) => action)).toEqual(['RestoreDBInstanceFromDBSnapshot', 'DeleteDBInstance']);
});

test('the next class is taken where there is no room for one, and the snapshot’s own storage where a class has no gp3', async () => {
  cloud.aws.rds.circumstances.noCapacity.add('db.t4g.small');
  cloud.aws.rds.circumstances.unsupportedStorage.add('db.t4g.medium gp3');
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish({ classes: ['db.t4g.small', 'db.t4g.medium'] }));
    if (!provided.ok) throw new Error(provided.failure.message);
    expect(cloud.aws.rds.instances.get(provided.value.identifier)).toMatchObject({ instanceClass: 'db.t4g.medium', storageType: 'gp2' });
    await provided.value.remove();
  });
});

test('a service that doesn’t know how to restore without backups is asked afterwards', async () => {
  cloud.aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'error', code: 'InvalidParameterValue', message: 'Unknown parameter BackupRetentionPeriod.' });
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish());
    if (!provided.ok) throw new Error(provided.failure.message);
    expect(cloud.aws.rds.instances.get(provided.value.identifier)?.backupRetentionDays).toBe(0);
    expect(cloud.aws.calls.find(({ action }) => action === 'ModifyDBInstance')?.params).toMatchObject({ BackupRetentionPeriod: '0' });
    await provided.value.remove();
  });
});

test('Ctrl-C while it is being restored deletes it', async () => {
  const stop = new AbortController();
  cloud.aws.fault = ({ action }) => {
    if (action === 'DescribeDBInstances' && cloud.aws.rds.instances.size > 1) stop.abort();
    return undefined;
  };
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish());
    expect(provided).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
  }, stop.signal);
  expect(cloud.aws.rds.instances.size).toBe(1);
});
