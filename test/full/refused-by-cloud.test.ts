import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { FakeAws } from '../support/fake-aws/fake-aws.ts';
import { type NamedError, wordsFor } from '../support/fake-aws/named-errors.ts';

/** What is waited for is waited for in vain: for so long that a busy machine gets through everything else meanwhile. */
const waitHours = 6 / 3600;

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
  await stage.aws.rds.addCluster({ id: 'shop', account: FakeAws.account, region: FakeAws.region, major: 15, master: 'owner', password: 'of production' });
});
afterEach(() => {
  stage.aws.fault = () => undefined;
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What the program says and ends with when one call is refused, however often it is made. */
async function refused(action: string, code: NamedError): Promise<string> {
  stage.aws.fault = (call) => (call.action === action ? { what: 'error', code, ...wordsFor(code) } : undefined);
  const { exitCode, stdout, stderr } = await stage.cli(['clone', '--yes', '--json', ...(/^Create.*Snapshot$/.test(action) ? ['--fresh-snapshot'] : [])]);
  if (stdout === '') throw new Error(stderr);
  const { failure } = JSON.parse(stdout) as { failure?: Failure };
  if (failure === undefined) return `none, ${exitCode}`;
  if (action !== 'StartSession' && !failure.message.includes('were taken by others'))
    expect(failure.message).toContain(code.replace(/(?:Fault|Exception)$/, ''));
  expect(failure.cure.length).toBeGreaterThan(10);
  return `${failure.code}, ${failure.rootCause}, ${exitCode}`;
}

test.each<readonly [string, NamedError, string]>([
  ['RestoreDBInstanceFromDBSnapshot', 'InstanceQuotaExceeded', 'cloud-quota, quota, 3'],
  ['RestoreDBInstanceFromDBSnapshot', 'StorageQuotaExceeded', 'cloud-quota, quota, 3'],
  ['RestoreDBInstanceFromDBSnapshot', 'InsufficientDBInstanceCapacity', 'cloud-quota, quota, 3'],
  ['RestoreDBInstanceFromDBSnapshot', 'StorageTypeNotSupported', 'cloud-quota, quota, 3'],
  ['RestoreDBInstanceFromDBSnapshot', 'KMSKeyNotAccessibleFault', 'cloud-key, kms, 3'],
  ['RestoreDBInstanceFromDBSnapshot', 'DBSnapshotNotFound', 'cloud-not-found, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'InvalidDBSnapshotState', 'cloud-refused, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'InvalidVPCNetworkStateFault', 'cloud-network, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'InvalidSubnet', 'cloud-network, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'DBSubnetGroupDoesNotCoverEnoughAZs', 'cloud-network, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'DBSubnetGroupNotFoundFault', 'cloud-network, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'InvalidRestoreFault', 'cloud-refused, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'VpcEncryptionControlViolationException', 'cloud-network, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'AccessDenied', 'cloud-access-denied, privileges, 3'],
  ['CreateDBSnapshot', 'SnapshotQuotaExceeded', 'cloud-quota, quota, 3'],
  ['CreateDBSnapshot', 'KMSKeyNotAccessibleFault', 'cloud-key, kms, 3'],
  ['DescribeDBInstances', 'DBInstanceNotFound', 'cloud-not-found, environment, 4'],
  ['GetCallerIdentity', 'ExpiredToken', 'cloud-credentials, authentication, 4'],
  ['GetCallerIdentity', 'InvalidClientTokenId', 'cloud-credentials, authentication, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'DBInstanceAlreadyExists', 'cloud-refused, environment, 4'],
  ['RestoreDBInstanceFromDBSnapshot', 'DBParameterGroupNotFound', 'cloud-not-found, environment, 4'],
  ['CreateDBSnapshot', 'DBSnapshotAlreadyExists', 'cloud-refused, environment, 4'],
  ['CreateDBSnapshot', 'InvalidDBInstanceState', 'cloud-refused, environment, 4'],
  ['ModifyDBInstance', 'InvalidDBInstanceState', 'cloud-refused, environment, 4'],
  ['StartSession', 'TargetNotConnected', 'bastion-not-connected, connection, 4'],
  ['StartSession', 'InvalidDocument', 'cloud-refused, environment, 4'],
  ['StartSession', 'InternalServerError', 'cloud-refused, environment, 4'],
])('%s that is refused with %s is %s, and leaves nothing', async (action, code, expected) => {
  stage.configureSource({ waitHours });
  expect(await refused(action, code)).toBe(expected);
  expectNothingLeft();
});

const aurora = {
  cluster: 'shop',
  account: FakeAws.account,
  region: FakeAws.region,
  pollSeconds: 0.05,
  waitHours,
  tunnel: { ssm: { tag: { name: 'role', value: 'bastion' } } },
};

test.each<readonly [string, NamedError, string]>([
  ['DescribeDBClusters', 'DBClusterNotFoundFault', 'cloud-not-found, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'DBClusterNotFoundFault', 'cloud-not-found, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'DBClusterQuotaExceededFault', 'cloud-quota, quota, 3'],
  ['RestoreDBClusterToPointInTime', 'DBClusterAlreadyExistsFault', 'cloud-refused, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'InvalidDBClusterStateFault', 'cloud-refused, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'InsufficientDBClusterCapacityFault', 'cloud-quota, quota, 3'],
  ['RestoreDBClusterToPointInTime', 'InsufficientStorageClusterCapacity', 'cloud-quota, quota, 3'],
  ['RestoreDBClusterToPointInTime', 'StorageQuotaExceeded', 'cloud-quota, quota, 3'],
  ['RestoreDBClusterToPointInTime', 'KMSKeyNotAccessibleFault', 'cloud-key, kms, 3'],
  ['RestoreDBClusterToPointInTime', 'InvalidVPCNetworkStateFault', 'cloud-network, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'InvalidSubnet', 'cloud-network, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'DBSubnetGroupNotFoundFault', 'cloud-network, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'InvalidRestoreFault', 'cloud-refused, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'VpcEncryptionControlViolationException', 'cloud-network, environment, 4'],
  ['RestoreDBClusterToPointInTime', 'AccessDenied', 'cloud-access-denied, privileges, 3'],
  ['CreateDBInstance', 'InstanceQuotaExceeded', 'cloud-quota, quota, 3'],
  ['CreateDBInstance', 'InsufficientDBInstanceCapacity', 'cloud-quota, quota, 3'],
  ['CreateDBInstance', 'StorageTypeNotSupported', 'cloud-quota, quota, 3'],
  ['CreateDBInstance', 'DBInstanceAlreadyExists', 'cloud-refused, environment, 4'],
  ['CreateDBInstance', 'InvalidDBClusterStateFault', 'cloud-refused, environment, 4'],
  ['CreateDBInstance', 'DBParameterGroupNotFound', 'cloud-not-found, environment, 4'],
  ['ModifyDBCluster', 'InvalidDBClusterStateFault', 'cloud-refused, environment, 4'],
])('on Aurora %s that is refused with %s is %s, and leaves nothing', async (action, code, expected) => {
  stage.configure({ source: { aurora } });
  expect(await refused(action, code)).toBe(expected);
  expectNothingLeft();
});

test.each<readonly [string, NamedError, string]>([
  ['CreateDBClusterSnapshot', 'SnapshotQuotaExceeded', 'cloud-quota, quota, 3'],
  ['CreateDBClusterSnapshot', 'DBClusterSnapshotAlreadyExistsFault', 'cloud-refused, environment, 4'],
  ['CreateDBClusterSnapshot', 'InvalidDBClusterStateFault', 'cloud-refused, environment, 4'],
  ['CreateDBClusterSnapshot', 'KMSKeyNotAccessibleFault', 'cloud-key, kms, 3'],
  ['RestoreDBClusterFromSnapshot', 'DBClusterSnapshotNotFoundFault', 'cloud-not-found, environment, 4'],
  ['RestoreDBClusterFromSnapshot', 'InvalidDBClusterSnapshotStateFault', 'cloud-refused, environment, 4'],
  ['RestoreDBClusterFromSnapshot', 'DBClusterQuotaExceededFault', 'cloud-quota, quota, 3'],
  ['RestoreDBClusterFromSnapshot', 'InsufficientDBClusterCapacityFault', 'cloud-quota, quota, 3'],
])('by a snapshot of Aurora %s that is refused with %s is %s, and leaves nothing', async (action, code, expected) => {
  stage.configure({ source: { aurora: { ...aurora, snapshot: {} } } });
  expect(await refused(action, code)).toBe(expected);
  expectNothingLeft();
});

function expectNothingLeft(): void {
  const { clusters, clusterSnapshots } = stage.aws.rds;
  const names = [...clusters.keys(), ...[...clusterSnapshots.values()].map(({ id }) => id)];
  expect({
    left: [...stage.leftInCloud(), ...names].filter((name) => !name.startsWith('shop')),
    ledger: stage.ledgerKinds(),
    dumps: readdirSync(stage.folder).includes('dump') && readdirSync(join(stage.folder, 'dump')),
  }).toEqual({ left: [], ledger: [], dumps: false });
}
