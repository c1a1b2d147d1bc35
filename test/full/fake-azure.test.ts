import { readFileSync } from 'node:fs';
import { PostgreSQLManagementFlexibleServerClient, type Server } from '@azure/arm-postgresql-flexible';
import { ClientSecretCredential } from '@azure/identity';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudAuthority } from '../support/fake-aws/rds/backing-server.ts';
import type { NamedAzureError } from '../support/fake-azure/errors.ts';
import { FakeAzure } from '../support/fake-azure/fake-azure.ts';
import type { FlexibleServer } from '../support/fake-azure/servers.ts';

let azure: FakeAzure;
let client: PostgreSQLManagementFlexibleServerClient;
let production: FlexibleServer;
const group = 'production';

beforeAll(async () => {
  azure = await FakeAzure.start();
  client = clientOf(azure.callers[0]?.secret ?? '');
  production = await azure.servers.add({ name: 'shop', major: 15, login: 'dba', password: 'Of-production1', database: 'shop' });
  await production.server?.ask('create table public.orders as select n as id from generate_series(1, 5) n', [], 'shop', 'dba');
});
afterAll(() => azure[Symbol.asyncDispose]());

function clientOf(secret: string): PostgreSQLManagementFlexibleServerClient {
  const credential = new ClientSecretCredential(FakeAzure.tenant, azure.callers[0]?.clientId ?? '', secret, azure.credentialOptions);
  return new PostgreSQLManagementFlexibleServerClient(credential, FakeAzure.subscription, { ...azure.clientOptions, retryOptions: { maxRetries: 0 } });
}

const restore = (name: string, more: Partial<Server> = {}) =>
  client.servers.beginCreateOrUpdateAndWait(
    group,
    name,
    {
      location: 'West Europe',
      createMode: 'PointInTimeRestore',
      sourceServerResourceId: azure.servers.idOf(production),
      pointInTimeUTC: new Date(),
      tags: { 'pgrehearse:run': 'r1' },
      ...more,
    },
    { updateIntervalInMs: 1 },
  );
const remove = (name: string) => client.servers.beginDeleteAndWait(group, name, { updateIntervalInMs: 1 });

/** The code in the body of what is refused, or in the operation that failed. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'done',
    (error: { code?: string; message: string; details?: { error?: { code?: string } } }) => error.details?.error?.code ?? error.code ?? error.message,
  );
}

async function ask(host: string, password: string, sql: string): Promise<unknown> {
  const session = new pg.Client({ host, port: 5432, user: 'dba', password, database: 'shop', ssl: { ca: readFileSync(cloudAuthority, 'utf8') } });
  try {
    await session.connect();
    return (await session.query(sql)).rows[0]?.answer;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await session.end().catch(() => {});
  }
}

const count = 'select count(*)::int as answer from public.orders';

test('a restore passes through its states, shows its instant, takes a new password and is gone', async () => {
  const poller = await client.servers.beginCreateOrUpdate(
    group,
    'copy',
    { location: 'westeurope', createMode: 'PointInTimeRestore', sourceServerResourceId: azure.servers.idOf(production), pointInTimeUTC: new Date() },
    { updateIntervalInMs: 1 },
  );
  // The SDK has looked once by itself.
  expect((await client.servers.get(group, 'copy')).state).toBe('Updating');
  await production.server?.ask('insert into public.orders values (6)', [], 'shop', 'dba');
  await poller.pollUntilDone();
  const { state, fullyQualifiedDomainName: host = '', administratorLogin } = await client.servers.get(group, 'copy');
  expect([state, administratorLogin]).toEqual(['Ready', 'dba']);
  expect(await ask(host, 'Of-production1', count)).toBe(5);
  const change = (administratorLoginPassword: string) =>
    client.servers.beginUpdateAndWait(group, 'copy', { administratorLoginPassword, tags: { a: 'b' } }, { updateIntervalInMs: 1 });
  expect(await refusal(change('simple-password'))).toBe('PasswordNotComplex');
  await change('Another-one-2');
  expect([await ask(host, 'Of-production1', count), await ask(host, 'Another-one-2', count)]).toEqual(['28P01', 5]);
  expect(await ask(host, 'Another-one-2', 'select rolsuper as answer from pg_roles where rolname = current_user')).toBe(false);
  expect((await client.servers.get(group, 'copy')).tags).toEqual({ a: 'b' });
  await remove('copy');
  expect(await refusal(client.servers.get(group, 'copy'))).toBe('ResourceNotFound');
  expect(await ask(host, 'Another-one-2', count)).toBe('ECONNREFUSED');
  // What isn't there has been deleted.
  expect(await refusal(remove('copy'))).toBe('done');
});

test('an earlier moment can be restored, a later one or one before the first backup can not', async () => {
  await production.server?.ask('update public.orders set id = 100 where id = 1', [], 'shop', 'dba');
  await azure.servers.remember(production, new Date(Date.now() - 3_600_000));
  await production.server?.ask('delete from public.orders', [], 'shop', 'dba');
  await restore('earlier', { pointInTimeUTC: new Date(Date.now() - 1_800_000) });
  const { fullyQualifiedDomainName: host = '' } = await client.servers.get(group, 'earlier');
  expect(await ask(host, 'Of-production1', 'select max(id) as answer from public.orders')).toBe(100);
  await remove('earlier');
  expect(await refusal(restore('never', { pointInTimeUTC: new Date(Date.now() + 3_600_000) }))).toBe('InvalidPointInTime');
  expect(await refusal(restore('never', { pointInTimeUTC: new Date('2001-01-01') }))).toBe('InvalidPointInTime');
});

test('what can be refused is refused as Azure writes it', async () => {
  const ordered: NamedAzureError[] = [
    'AuthorizationFailed',
    'QuotaExceeded',
    'ServerNameAlreadyExists',
    'TooManyRequests',
    'ServerIsBusy',
    'InternalServerError',
  ];
  for (const name of ordered) {
    azure.next('Servers_CreateOrUpdate', name);
    expect(await refusal(restore('never'))).toBe(name);
  }
  expect(await refusal(restore('shop'))).toBe('ServerNameAlreadyExists');
  expect(await refusal(restore('Capital'))).toBe('InvalidParameterValue');
  expect(await refusal(restore('never', { location: 'northeurope' }))).toBe('InvalidParameterValue');
  expect(await refusal(restore('never', { sourceServerResourceId: '/nowhere' }))).toBe('ResourceNotFound');
  expect(await refusal(restore('never', { tags: { 'a/b': 'c' } }))).toBe('InvalidTagNameCharacters');
  expect(await refusal(client.servers.get('elsewhere', 'shop'))).toBe('ResourceGroupNotFound');
  expect(await refusal(clientOf('wrong').servers.get(group, 'shop'))).toContain('AADSTS7000215');
  const [caller] = azure.callers;
  if (caller === undefined) throw new Error('nobody may call');
  caller.actions = ['Microsoft.DBforPostgreSQL/flexibleServers/read'];
  expect(await refusal(restore('never'))).toBe('AuthorizationFailed');
  expect(await refusal(client.servers.get(group, 'shop'))).toBe('done');
  delete caller.actions;
  azure.expireTokens();
  expect(await refusal(client.servers.get(group, 'shop'))).toBe('ExpiredAuthenticationToken');
  client = clientOf(caller.secret);
  azure.servers.circumstances.lockedGroups.add(group);
  expect(await refusal(remove('shop'))).toBe('ScopeLocked');
  azure.servers.circumstances.lockedGroups.clear();
});

test('a lost answer was done, a failed restore leaves its server, one in work is not deleted', async () => {
  azure.next('Servers_CreateOrUpdate', 'lose');
  expect(await refusal(restore('lost'))).not.toBe('done');
  expect((await client.servers.get(group, 'lost')).state).toBe('Provisioning');
  expect(await refusal(remove('lost'))).toBe('ServerIsBusy');
  for (let asked = 0; asked < 3; asked++) await client.servers.get(group, 'lost');
  await remove('lost');
  azure.servers.circumstances.restoreFails = 'SubnetIsFull';
  expect(await refusal(restore('broken'))).toContain('SubnetIsFull');
  azure.servers.circumstances.restoreFails = undefined;
  expect((await client.servers.get(group, 'broken')).state).toBe('Disabled');
  await remove('broken');
});

test('lists come in pages, and a firewall lets in by rule', async () => {
  Object.assign(azure.servers.circumstances, { firewall: 'enforced', pageSize: 1 });
  await restore('walled');
  const { fullyQualifiedDomainName: host = '' } = await client.servers.get(group, 'walled');
  expect(await ask(host, 'Of-production1', count)).toBe('28000');
  await client.firewallRules.beginCreateOrUpdateAndWait(
    group,
    'walled',
    'here',
    { startIpAddress: '203.0.113.5', endIpAddress: '203.0.113.5' },
    { updateIntervalInMs: 1 },
  );
  expect(await ask(host, 'Of-production1', count)).toBe(0);
  const names: (string | undefined)[] = [];
  for await (const { name } of client.servers.listByResourceGroup(group)) names.push(name);
  expect(names).toEqual(['shop', 'walled']);
  await remove('walled');
});
