import { randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cloudAuthority } from '../fake-aws/rds/backing-server.ts';
import { makeFolder } from '../temporary-folder.ts';
import { AzureError, azureError, azureErrors, type NamedAzureError } from './errors.ts';
import { AzureServers, type Operation } from './servers.ts';

/** A service principal. */
interface Caller {
  readonly clientId: string;
  readonly secret: string;
  /** What it may do, such as `Microsoft.DBforPostgreSQL/flexibleServers/*`; without this: everything. */
  actions?: readonly string[];
}

/** One call that reached the stand-in. */
export interface AzureCall {
  readonly method: string;
  readonly path: string;
  /** As the SDK names it: `Servers_CreateOrUpdate`. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  error?: string;
}

/** What happens instead of an answer: an error; `lose`: it is done and nobody hears of it; `drop`: nothing is done. */
export type AzureFault = NamedAzureError | 'lose' | 'drop';

interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const resource = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?\/providers\/Microsoft\.DBforPostgreSQL\/(.+)$/i;

/**
 * A stand-in for Azure Resource Manager's Flexible Servers, and for the place that gives tokens; over HTTPS, as the SDK sends no token without it. A real Postgres is
 * behind each server. States pass as they are asked for.
 *
 * @example
 * await using azure = await FakeAzure.start();
 * const credential = new ClientSecretCredential(FakeAzure.tenant, caller.clientId, caller.secret, azure.credentialOptions);
 * const client = new PostgreSQLManagementFlexibleServerClient(credential, FakeAzure.subscription, azure.clientOptions);
 */
export class FakeAzure {
  static readonly tenant = '11111111-2222-3333-4444-555555555555';
  static readonly subscription = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
  readonly callers: Caller[] = [{ clientId: '99999999-8888-7777-6666-000000000000', secret: randomUUID() }];
  readonly servers: AzureServers;
  /** Whose directory the tokens say that they are of. */
  tenantOfTokens: string = FakeAzure.tenant;
  /** Every call in its order, without those for tokens. */
  readonly calls: AzureCall[] = [];
  readonly #tokens = new Map<string, Caller>();
  /** All that were given. */
  get tokens(): readonly string[] {
    return [...this.#tokens.keys()];
  }
  readonly #ordered: { readonly operation: string; readonly fault: AzureFault; left: number }[] = [];
  readonly #folder = makeFolder('pgr-azure-');
  readonly #server: Server;

  private constructor() {
    chmodSync(this.#folder, 0o711);
    this.servers = new AzureServers(FakeAzure.subscription, join(this.#folder, 'servers'));
    const tls = (name: string) => readFileSync(join(cloudAuthority, '..', name));
    this.#server = createServer({ cert: tls('server.pem'), key: tls('server.key') }, (request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        // A bug of the stand-in must not look like one of the cloud's moods.
        console.error(error);
        response.destroy();
      });
    });
  }

  static async start(): Promise<FakeAzure> {
    const fake = new FakeAzure();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** For a client in this process. */
  get clientOptions(): { endpoint: string; tlsOptions: { ca: string } } {
    return { endpoint: this.url, tlsOptions: { ca: readFileSync(cloudAuthority, 'utf8') } };
  }

  /** Without discovery the SDK asks nobody on the internet which authority this is. */
  get credentialOptions(): { authorityHost: string; disableInstanceDiscovery: true; tlsOptions: { ca: string } } {
    return { authorityHost: this.url, disableInstanceDiscovery: true, tlsOptions: { ca: readFileSync(cloudAuthority, 'utf8') } };
  }

  /** What a child of the test's needs: the SDK reads all of these but the endpoint of Resource Manager, which has no variable of its own. */
  get environment(): Record<string, string> {
    const [caller] = this.callers;
    return {
      AZURE_AUTHORITY_HOST: this.url,
      AZURE_TENANT_ID: FakeAzure.tenant,
      AZURE_CLIENT_ID: caller?.clientId ?? '',
      AZURE_CLIENT_SECRET: caller?.secret ?? '',
      AZURE_SUBSCRIPTION_ID: FakeAzure.subscription,
      NODE_EXTRA_CA_CERTS: cloudAuthority,
    };
  }

  /** Calls that would have changed something in the cloud. */
  get changes(): readonly AzureCall[] {
    return this.calls.filter(({ method }) => method !== 'GET');
  }

  /** Has the next calls of an operation go wrong, once unless told. */
  next(operation: string, fault: AzureFault, times = 1): void {
    this.#ordered.push({ operation, fault, left: times });
  }

  /** What was ordered and hasn't come yet doesn't come. */
  forgetFaults(): void {
    this.#ordered.length = 0;
  }

  /** Tokens that were given out are good no more. */
  expireTokens(): void {
    this.#tokens.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.removeAll();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const token = this.#giveToken(pathname, text);
    if (token !== undefined) {
      send(response, token);
      return;
    }
    const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    const call: AzureCall = { method: request.method ?? 'GET', path: pathname, operation: nameOf(request.method ?? 'GET', pathname), body };
    this.calls.push(call);
    const fault = this.#orderedFor(call);
    if (fault === 'drop') {
      response.destroy();
      return;
    }
    try {
      const caller = this.#tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
      if (caller === undefined) throw azureError('ExpiredAuthenticationToken');
      if (fault !== undefined && fault !== 'lose') throw azureError(fault);
      if (searchParams.get('api-version') === null) throw new AzureError('MissingApiVersionParameter', 'The api-version query parameter is required.', 400);
      authorize(caller, call);
      const answer = await this.#answer(call, searchParams);
      if (fault === 'lose') response.destroy();
      else send(response, answer);
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      call.error = error.code;
      // Throttled clients are told when to come again: at once, as nothing here depends on a clock.
      const headers = error.status === azureErrors.TooManyRequests.status ? { 'retry-after': '0' } : {};
      send(response, { status: error.status, body: { error: { code: error.code, message: error.message } }, headers });
    }
  }

  /** OpenID's discovery and the token endpoint, for credentials of a client: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. */
  #giveToken(path: string, body: string): Answer | undefined {
    const base = `${this.url}/${FakeAzure.tenant}`;
    if (path.endsWith('/.well-known/openid-configuration')) {
      const endpoints = { token_endpoint: `${base}/oauth2/v2.0/token`, authorization_endpoint: `${base}/oauth2/v2.0/authorize` };
      return { status: 200, body: { ...endpoints, issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys` } };
    }
    if (!path.endsWith('/oauth2/v2.0/token')) return undefined;
    const form = new URLSearchParams(body);
    const caller = this.callers.find(({ clientId, secret }) => clientId === form.get('client_id') && secret === form.get('client_secret'));
    if (caller === undefined) {
      const says =
        'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.';
      return { status: 401, body: { error: 'invalid_client', error_description: says, error_codes: [7_000_215] } };
    }
    // As Entra writes those for Resource Manager: what they say can be read, and is nobody's word but theirs.
    const claims = Buffer.from(JSON.stringify({ tid: this.tenantOfTokens, appid: caller.clientId })).toString('base64url');
    const token = `e30.${claims}.${randomUUID()}`;
    this.#tokens.set(token, caller);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3_599, ext_expires_in: 3_599, access_token: token } };
  }

  #orderedFor({ operation }: AzureCall): AzureFault | undefined {
    const found = this.#ordered.find((one) => one.operation === operation && one.left > 0);
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault;
  }

  async #answer(call: AzureCall, query: URLSearchParams): Promise<Answer> {
    const [, subscription, group = '', rest = ''] = resource.exec(call.path) ?? [];
    if (subscription !== FakeAzure.subscription) throw azureError('SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
    const [, name = '', , rule = ''] = rest.split('/');
    const { servers } = this;
    switch (call.operation) {
      case 'Servers_ListByResourceGroup':
        servers.group(group);
        return await this.#list(call, query, (one) => one.toLowerCase() === group.toLowerCase());
      case 'Servers_ListBySubscription':
        return await this.#list(call, query, () => true);
      case 'Servers_Get': {
        const found = servers.find(group, name);
        return { status: 200, body: servers.describe(found, await found.life.look()) };
      }
      case 'Servers_CreateOrUpdate':
        return this.#accepted('UpsertServerManagementOperationV2', await servers.put(group, name, call.body));
      case 'Servers_Update':
        return this.#accepted('UpdateServerManagementOperationV2', await servers.patch(group, name, call.body));
      case 'Servers_Delete': {
        const operation = await servers.delete(group, name);
        return operation === undefined ? { status: 204 } : this.#accepted('DropServerManagementOperation', operation);
      }
      case 'FirewallRules_CreateOrUpdate':
        return this.#accepted('UpsertFirewallRulesManagementOperation', await servers.putFirewallRule(group, name, rule, call.body));
      case 'FirewallRules_Delete':
        return this.#accepted('DropFirewallRulesManagementOperation', await servers.deleteFirewallRule(group, name, rule));
      case 'FirewallRules_ListByServer': {
        const found = servers.find(group, name);
        return { status: 200, body: { value: [...found.firewallRules].map(([id, properties]) => ({ name: id, properties })) } };
      }
      case 'FirewallRules_Get': {
        const properties = servers.find(group, name).firewallRules.get(rule);
        if (properties === undefined) throw azureError('ResourceNotFound');
        return { status: 200, body: { name: rule, properties } };
      }
      case 'Operations_Status':
        return await this.#status(call.path);
      case 'Operations_Result': {
        const { of } = this.#operation(call.path);
        const state = await of.life.look();
        if (of.life.isMoving) return { status: 202, headers: { location: `${this.url}${call.path}?api-version=x`, 'retry-after': '0' } };
        return servers.all.has(of.name) ? { status: 200, body: servers.describe(of, state) } : { status: 204 };
      }
      default:
        throw new AzureError('InvalidResourceType', `The resource type could not be found for ${call.method} ${call.path}.`, 404);
    }
  }

  async #list(call: AzureCall, query: URLSearchParams, fits: (group: string) => boolean): Promise<Answer> {
    const { servers } = this;
    const all = [...servers.all.values()].filter(({ resourceGroup }) => fits(resourceGroup));
    const from = Number(query.get('$skiptoken') ?? 0);
    const { pageSize } = servers.circumstances;
    const value: object[] = [];
    for (const one of all.slice(from, from + pageSize)) value.push(servers.describe(one, await one.life.look()));
    const next = `${this.url}${call.path}?api-version=${query.get('api-version')}&$skiptoken=${from + pageSize}`;
    return { status: 200, body: { value, ...(from + pageSize < all.length ? { nextLink: next } : {}) } };
  }

  #accepted(kind: string, { id, of, startedAt }: Operation): Answer {
    const base = `${this.url}/subscriptions/${FakeAzure.subscription}/providers/Microsoft.DBforPostgreSQL/locations/${of.location}`;
    return {
      status: 202,
      body: { operation: kind, startTime: startedAt.toISOString() },
      headers: {
        'azure-asyncoperation': `${base}/azureAsyncOperation/${id}?api-version=2025-08-01`,
        location: `${base}/operationResults/${id}?api-version=2025-08-01`,
        'retry-after': '0',
      },
    };
  }

  async #status(path: string): Promise<Answer> {
    const operation = this.#operation(path);
    const { id, of, failed, startedAt } = operation;
    if (of.life.isMoving) {
      await of.life.look();
      return { status: 200, body: { name: id, status: 'InProgress', startTime: startedAt.toISOString() }, headers: { 'retry-after': '0' } };
    }
    if (failed !== undefined) {
      return { status: 200, body: { name: id, status: 'Failed', startTime: startedAt.toISOString(), error: { code: failed.code, message: failed.message } } };
    }
    return { status: 200, body: { name: id, status: 'Succeeded', startTime: startedAt.toISOString(), properties: {} } };
  }

  #operation(path: string): Operation {
    const found = this.servers.operations.get(path.split('/').at(-1) ?? '');
    if (found === undefined) throw azureError('ResourceNotFound');
    return found;
  }
}

/** The operation's name in the SDK, by method and path. */
function nameOf(method: string, path: string): string {
  const [, , group, rest = ''] = resource.exec(path) ?? [];
  const [kind = '', name, below, rule] = rest.split('/');
  if (kind === 'locations') return below === 'azureAsyncOperation' ? 'Operations_Status' : 'Operations_Result';
  if (below === 'firewallRules') {
    if (rule === undefined) return 'FirewallRules_ListByServer';
    return { GET: 'FirewallRules_Get', PUT: 'FirewallRules_CreateOrUpdate', DELETE: 'FirewallRules_Delete' }[method] ?? 'unknown';
  }
  if (kind.toLowerCase() !== 'flexibleservers' || below !== undefined) return 'unknown';
  if (name === undefined) return group === undefined ? 'Servers_ListBySubscription' : 'Servers_ListByResourceGroup';
  return { GET: 'Servers_Get', PUT: 'Servers_CreateOrUpdate', PATCH: 'Servers_Update', DELETE: 'Servers_Delete' }[method] ?? 'unknown';
}

/** https://learn.microsoft.com/azure/role-based-access-control/permissions/databases names the actions. */
function authorize({ actions, clientId }: Caller, call: AzureCall): void {
  if (actions === undefined) return;
  const kind = call.operation.startsWith('FirewallRules')
    ? 'flexibleServers/firewallRules'
    : call.operation.startsWith('Operations')
      ? 'locations/operationResults'
      : 'flexibleServers';
  const verb = call.method === 'GET' ? 'read' : call.method === 'DELETE' ? 'delete' : 'write';
  const action = `Microsoft.DBforPostgreSQL/${kind}/${verb}`;
  const fits = (pattern: string) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i').test(action);
  if (actions.some(fits)) return;
  throw azureError(
    'AuthorizationFailed',
    `The client '${clientId}' with object id '${clientId}' does not have authorization to perform action '${action}' over scope '${call.path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }), 'x-ms-request-id': randomUUID() });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
