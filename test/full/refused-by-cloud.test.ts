import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import { type CloudStage, cloudProject } from '../program/cloud-stage.ts';
import { type NamedError, wordsFor } from '../support/fake-aws/named-errors.ts';

let stage: CloudStage;
beforeAll(async () => {
  stage = await cloudProject();
});
afterEach(() => {
  stage.aws.fault = () => undefined;
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What the program says and ends with when one call is refused, however often it is made. */
async function refused(action: string, code: NamedError): Promise<string> {
  stage.aws.fault = (call) => (call.action === action ? { what: 'error', code, ...wordsFor(code) } : undefined);
  const { exitCode, stdout, stderr } = await stage.cli([
    'clone',
    '--yes',
    '--json',
    ...(action.endsWith('Snapshot') && action.startsWith('Create') ? ['--fresh-snapshot'] : []),
  ]);
  if (stdout === '') throw new Error(stderr);
  const { failure } = JSON.parse(stdout) as { failure: Failure };
  if (action !== 'StartSession') expect(failure.message).toContain(code.replace(/(?:Fault|Exception)$/, ''));
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
  ['StartSession', 'TargetNotConnected', 'bastion-not-connected, connection, 4'],
])('%s that is refused with %s is %s, and leaves nothing', async (action, code, expected) => {
  expect(await refused(action, code)).toBe(expected);
  expect({
    left: stage.leftInCloud(),
    ledger: stage.ledgerKinds(),
    dumps: readdirSync(stage.folder).includes('dump') && readdirSync(join(stage.folder, 'dump')),
  }).toEqual({
    left: [],
    ledger: [],
    dumps: false,
  });
});
