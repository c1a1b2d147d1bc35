import { setTimeout as sleep } from 'node:timers/promises';
import type { AzureAccess, AzureAccount, AzureOngoing, AzureOperations, AzurePort } from '../../core/azure.ts';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { toCloudError } from './cloud-error.ts';
import { authorityOptions, managerOf } from './sovereign-cloud.ts';

/** Tries of one call, beyond the first: throttling of a busy subscription lasts for seconds. */
const maxRetries = 7;

type Calls = {
  readonly [O in keyof AzureOperations]: (input: AzureOperations[O]['input'], signal: AbortSignal | undefined) => Promise<AzureOperations[O]['output']>;
};

/** Azure by its own SDK. Where that looks for credentials is its own: variables, workload and managed identities, `az login`, `azd`. Loaded when it is first needed. */
export function makeAzure(): AzurePort {
  return {
    async connect(access) {
      const arm = await load('@azure/arm-postgresql-flexible', () => import('@azure/arm-postgresql-flexible'));
      if (!arm.ok) return arm;
      const identity = await load('@azure/identity', () => import('@azure/identity'));
      return identity.ok ? ok(openAccount(access, arm.value, identity.value)) : identity;
    },
  };
}

type Arm = typeof import('@azure/arm-postgresql-flexible');
type Identity = typeof import('@azure/identity');

function openAccount(access: AzureAccess, arm: Arm, { AzureCliCredential, DefaultAzureCredential }: Identity): AzureAccount {
  const { subscription, resourceGroup: group } = access;
  const tenant = access.tenant === undefined ? {} : { tenantId: access.tenant };
  const credential = access.credential === 'cli' ? new AzureCliCredential(tenant) : new DefaultAzureCredential({ ...tenant, ...authorityOptions() });
  const endpoint = access.endpoint ?? managerOf();
  const client = new arm.PostgreSQLManagementFlexibleServerClient(credential, subscription, { endpoint, retryOptions: { maxRetries } });
  const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });
  const calls: Calls = {
    Servers_Get: ({ server }, signal) => client.servers.get(group, server, options(signal)),
    Servers_ListByResourceGroup: (_, signal) => all(client.servers.listByResourceGroup(group, options(signal))),
    async Servers_CreateOrUpdate({ server, ...wanted }, signal) {
      return ongoing('Servers_CreateOrUpdate', await client.servers.beginCreateOrUpdate(group, server, wanted, options(signal)));
    },
    async Servers_Update({ server, ...wanted }, signal) {
      return ongoing('Servers_Update', await client.servers.beginUpdate(group, server, wanted, options(signal)));
    },
    async Servers_Delete({ server }, signal) {
      return ongoing('Servers_Delete', await client.servers.beginDelete(group, server, options(signal)));
    },
    async FirewallRules_CreateOrUpdate({ server, rule, ...wanted }, signal) {
      return ongoing('FirewallRules_CreateOrUpdate', await client.firewallRules.beginCreateOrUpdate(group, server, rule, wanted, options(signal)));
    },
    async FirewallRules_Delete({ server, rule }, signal) {
      return ongoing('FirewallRules_Delete', await client.firewallRules.beginDelete(group, server, rule, options(signal)));
    },
    FirewallRules_ListByServer: ({ server }, signal) => all(client.firewallRules.listByServer(group, server, options(signal))),
  };
  return {
    access,
    async identify() {
      try {
        const token = await credential.getToken(`${endpoint}/.default`);
        return readToken(token?.token ?? '');
      } catch (error) {
        throw toCloudError('GetToken', error);
      }
    },
    async call(operation, input, signal) {
      try {
        return await calls[operation](input, signal);
      } catch (error) {
        throw toCloudError(operation, error);
      }
    },
  };
}

/** The claims of a token for Resource Manager: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference. Another kind of token tells nothing. */
function readToken(token: string): { readonly tenant?: string; readonly who?: string } {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
    const who = [claims.upn, claims.unique_name, claims.appid, claims.oid].find((one) => typeof one === 'string');
    return { ...(typeof claims.tid === 'string' ? { tenant: claims.tid } : {}), ...(typeof who === 'string' ? { who } : {}) };
  } catch {
    return {};
  }
}

interface Poller {
  poll(options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  isDone(): boolean;
}

function ongoing(operation: string, poller: Poller): AzureOngoing {
  return {
    async ended(everyMs, signal) {
      try {
        while (!poller.isDone()) {
          await poller.poll({ abortSignal: signal });
          if (!poller.isDone()) await sleep(everyMs, undefined, { signal });
        }
      } catch (error) {
        throw toCloudError(operation, error);
      }
    },
  };
}

async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}

async function load<T>(name: string, load: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await load());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return fail(
      failure('package-missing', `the npm package ${name}, which speaks to Azure, is not installed`, { object: name, cure: `Run \`npm install ${name}\`.` }),
    );
  }
}
