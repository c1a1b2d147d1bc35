import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Failure } from '../../src/core/failure.ts';
import { type AzureStage, azureProject } from '../program/azure-stage.ts';
import type { NamedAzureError } from '../support/fake-azure/errors.ts';

let stage: AzureStage;
beforeAll(async () => {
  stage = await azureProject();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What the program says and ends with. */
async function cloned(expectedWord: string): Promise<string> {
  const { exitCode, stdout, stderr } = await stage.cli(['clone', '--yes', '--json']);
  if (stdout === '') throw new Error(stderr);
  const { failure } = JSON.parse(stdout) as { failure?: Failure };
  if (failure === undefined) return `none, ${exitCode}`;
  expect(failure.message).toContain(expectedWord);
  expect(failure.cure.length).toBeGreaterThan(10);
  expect({ left: stage.left(), ledger: stage.ledgerLines() }).toEqual({ left: [], ledger: 0 });
  return `${failure.code}, ${failure.rootCause}, ${exitCode}`;
}

/** Beyond what the SDK and we try again. */
const always = 50;

test.each<readonly [string, NamedAzureError, string]>([
  ['Servers_Get', 'SubscriptionNotFound', 'cloud-wrong-account, environment, 2'],
  ['Servers_Get', 'AuthorizationFailed', 'cloud-access-denied, privileges, 3'],
  ['Servers_Get', 'InvalidAuthenticationTokenTenant', 'cloud-wrong-account, environment, 2'],
  ['Servers_Get', 'ExpiredAuthenticationToken', 'cloud-credentials, authentication, 4'],
  ['Servers_CreateOrUpdate', 'AuthorizationFailed', 'cloud-access-denied, privileges, 3'],
  ['Servers_CreateOrUpdate', 'RequestDisallowedByPolicy', 'cloud-access-denied, privileges, 3'],
  ['Servers_CreateOrUpdate', 'ReadOnlyDisabledSubscription', 'cloud-refused, environment, 4'],
  ['Servers_CreateOrUpdate', 'ResourceGroupNotFound', 'cloud-not-found, environment, 4'],
  ['Servers_CreateOrUpdate', 'InvalidParameterValue', 'cloud-refused, environment, 4'],
  ['Servers_CreateOrUpdate', 'InvalidPointInTime', 'snapshot-missing, environment, 4'],
  ['Servers_CreateOrUpdate', 'QuotaExceeded', 'cloud-quota, quota, 3'],
  ['Servers_CreateOrUpdate', 'SkuNotAvailable', 'cloud-quota, quota, 3'],
  ['Servers_CreateOrUpdate', 'SubnetIsFull', 'cloud-network, environment, 4'],
  ['Servers_CreateOrUpdate', 'OperationNotAllowed', 'cloud-refused, environment, 4'],
  ['Servers_Update', 'PasswordNotComplex', 'cloud-refused, environment, 4'],
  ['FirewallRules_CreateOrUpdate', 'AuthorizationFailed', 'cloud-access-denied, privileges, 3'],
])('%s that is refused with %s is %s, and leaves nothing', async (operation, code, expected) => {
  stage.azure.next(operation, code, always);
  const said = await cloned(code);
  stage.azure.forgetFaults();
  expect(said).toBe(expected);
});

test.each<readonly [NamedAzureError, string]>([
  ['SubnetIsFull', 'cloud-network, environment, 4'],
  ['QuotaExceeded', 'cloud-quota, quota, 3'],
  ['OperationNotAllowed', 'cloud-refused, environment, 4'],
])('a restore that was taken on and ends with %s is %s, and what it left is deleted', async (code, expected) => {
  stage.azure.servers.circumstances.restoreFails = code;
  const said = await cloned(code);
  stage.azure.servers.circumstances.restoreFails = undefined;
  expect(said).toBe(expected);
});
