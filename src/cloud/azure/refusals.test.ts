import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AzureProduction, startAzure } from '../../../test/support/azure-production.ts';
import type { NamedAzureError } from '../../../test/support/fake-azure/errors.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { AzureWish } from '../../core/cloud.ts';
import type { Failure } from '../../core/failure.ts';
import type { FailureCode } from '../../core/failure-catalogue.ts';
import { planAzure } from './plan-azure.ts';
import { provideAzure } from './provide-azure.ts';

let cloud: AzureProduction;
beforeAll(async () => {
  cloud = await startAzure();
});
afterEach(() => {
  const { circumstances } = cloud.azure.servers;
  Object.assign(circumstances, { restoreFails: undefined, stuckIn: undefined });
  circumstances.unavailableSkus.clear();
  expect(cloud.left()).toEqual([]);
  cloud.azure.calls.length = 0;
});
afterAll(() => cloud[Symbol.asyncDispose]());

/** What is made until it fails is gone before the failure is given. */
async function failureOf(given: Partial<AzureWish> = {}): Promise<Failure> {
  return await withContext(async (context) => {
    const provided = await provideAzure(context, cloud.wish(given));
    if (provided.ok) await provided.value.remove();
    expect(await context.ledger.list()).toEqual([]);
    return provided.ok ? expect.unreachable('it was provided') : provided.failure;
  });
}

test.each<readonly [NamedAzureError, FailureCode]>([
  ['AuthorizationFailed', 'cloud-access-denied'],
  ['RequestDisallowedByPolicy', 'cloud-access-denied'],
  ['InvalidAuthenticationTokenTenant', 'cloud-wrong-account'],
  ['SubscriptionNotFound', 'cloud-wrong-account'],
  ['ResourceGroupNotFound', 'cloud-not-found'],
  ['QuotaExceeded', 'cloud-quota'],
  ['SkuNotAvailable', 'cloud-quota'],
  ['SubnetIsFull', 'cloud-network'],
  ['InvalidPointInTime', 'snapshot-missing'],
  ['ReadOnlyDisabledSubscription', 'cloud-refused'],
  ['InvalidParameterValue', 'cloud-refused'],
])('a restore that is refused with %s is %s, in Azure’s own words', async (name, code) => {
  cloud.azure.next('Servers_CreateOrUpdate', name);
  expect(await failureOf()).toMatchObject({ code, message: expect.stringContaining(name) });
});

test.each<readonly [NamedAzureError, FailureCode]>([
  ['SubnetIsFull', 'cloud-network'],
  ['QuotaExceeded', 'cloud-quota'],
  ['OperationNotAllowed', 'cloud-refused'],
])('a restore that was taken on and ends with %s is %s, and what it left is deleted', async (name, code) => {
  cloud.azure.servers.circumstances.restoreFails = name;
  expect(await failureOf()).toMatchObject({ code, message: expect.stringContaining(name) });
});

test.each<readonly [NamedAzureError, FailureCode]>([
  ['AuthorizationFailed', 'cloud-access-denied'],
  ['PasswordNotComplex', 'cloud-refused'],
])('a password that is refused with %s is %s', async (name, code) => {
  cloud.azure.next('Servers_Update', name);
  expect(await failureOf()).toMatchObject({ code });
});

test('an answer that is lost, a busy server and faults that pass are no failures', async () => {
  await withContext(async (context) => {
    cloud.azure.next('Servers_CreateOrUpdate', 'lose');
    cloud.azure.next('FirewallRules_CreateOrUpdate', 'ServerIsBusy');
    cloud.azure.next('Servers_Update', 'lose');
    cloud.azure.next('Servers_Delete', 'ServerIsBusy');
    const throwaway = unwrap(await provideAzure(context, cloud.wish()));
    expect(cloud.left()).toEqual([throwaway.identifier]);
    unwrap(await throwaway.remove());
  });
});

test('the next size is taken where one is not to be had, and all are named where none is', async () => {
  const { circumstances, all } = cloud.azure.servers;
  circumstances.unavailableSkus.add('Standard_B1ms');
  await withContext(async (context) => {
    const throwaway = unwrap(await provideAzure(context, cloud.wish({ skus: ['Standard_B1ms', 'Standard_E2ds_v5'] })));
    expect(all.get(throwaway.identifier)?.sku).toEqual({ name: 'Standard_E2ds_v5', tier: 'MemoryOptimized' });
    unwrap(await throwaway.remove());
  });
  circumstances.unavailableSkus.add('Standard_B2s');
  const none = await failureOf({ skus: ['Standard_B1ms', 'Standard_B2s'] });
  expect(none).toMatchObject({ code: 'cloud-quota', message: expect.stringMatching(/Standard_B1ms: .*; Standard_B2s: /) });
});

test('what can be known is said before anything is made', async () => {
  const { access } = cloud.wish();
  const wrong: readonly (readonly [Partial<AzureWish>, FailureCode, RegExp])[] = [
    [{ server: 'shpo' }, 'cloud-not-found', /there are shop/],
    [{ access: { ...access, resourceGroup: 'elsewhere' } }, 'cloud-not-found', /elsewhere/],
    [{ access: { ...access, subscription: '00000000-bbbb-cccc-dddd-eeeeeeeeeeee' } }, 'cloud-wrong-account', /SubscriptionNotFound/],
    [{ access: { ...access, tenant: '99999999-2222-3333-4444-555555555555' } }, 'cloud-wrong-account', /99999999.* is meant/],
    [{ allowFrom: [] }, 'cloud-network', /lets nobody in/],
    [{ subnet: '/subscriptions/a/resourceGroups/b/providers/c' }, 'cloud-network', /in no subnet/],
    [{ pointInTime: '2001-01-01T00:00:00Z' }, 'snapshot-missing', /no moment/],
    [{ pointInTime: '2999-01-01T00:00:00Z' }, 'snapshot-missing', /no moment/],
  ];
  for (const [given, code, words] of wrong) {
    expect(await failureOf(given)).toMatchObject({ code, message: expect.stringMatching(words) });
    await withContext(async (context) => expect(await planAzure(context, cloud.wish(given))).toMatchObject({ ok: false, failure: { code } }));
  }
  expect(cloud.azure.changes).toEqual([]);
});

test('credentials that Entra refuses, or nobody has, are named', async () => {
  const [caller] = cloud.azure.callers;
  if (caller === undefined) throw new Error('nobody may call');
  const { clientId } = caller;
  Object.assign(caller, { clientId: 'somebody-else' });
  expect(await failureOf()).toMatchObject({ code: 'cloud-credentials', message: expect.stringContaining('AADSTS7000215') });
  Object.assign(caller, { clientId });
});

test('a server in a subnet goes into the same one, and gets no public address', async () => {
  const network = { delegatedSubnetResourceId: '/subscriptions/s/subnets/own', privateDnsZoneArmResourceId: '/subscriptions/s/privateDnsZones/own' };
  const before = cloud.production.network;
  Object.assign(cloud.production, { network });
  await withContext(async (context) => {
    const throwaway = unwrap(await provideAzure(context, cloud.wish({ allowFrom: [] })));
    expect(cloud.azure.servers.all.get(throwaway.identifier)?.network).toEqual(network);
    expect(cloud.azure.changes.map(({ operation }) => operation)).toEqual(['Servers_CreateOrUpdate', 'Servers_Update']);
    unwrap(await throwaway.remove());
  });
  Object.assign(cloud.production, { network: before });
});
