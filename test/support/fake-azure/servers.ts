import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { BackingServer, type FrozenData, type Major, microsoft } from '../fake-aws/rds/backing-server.ts';
import { Lifecycle } from '../fake-aws/rds/lifecycle.ts';
import { AzureError, azureError, type NamedAzureError } from './errors.ts';

/** A Flexible Server: its server listens on port 5432 of a loopback address of its own, since Azure's API tells of no port. */
export interface FlexibleServer {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly login: string;
  readonly major: Major;
  readonly sku: { readonly name: string; readonly tier: string };
  readonly network: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  tags: Readonly<Record<string, string>>;
  readonly firewallRules: Map<string, { readonly startIpAddress: string; readonly endIpAddress: string }>;
  /** States as the API writes them; settled: `Ready`. */
  readonly life: Lifecycle;
  place?: Place;
  server?: BackingServer;
  /** Its data at earlier moments, which it can be restored to. */
  readonly moments: { readonly at: Date; readonly data: FrozenData }[];
}

/** Limits and moods of the stand-in, changed by tests while it runs. */
export interface AzureCircumstances {
  pageSize: number;
  /** How often each state on the way is told. */
  polls: number;
  serverQuota: number;
  /** What a restore ends with that was accepted. */
  restoreFails?: NamedAzureError | undefined;
  /** What enters this state stays there, until its life is told to `goOn`. */
  stuckIn?: string | undefined;
  /** Servers of which only the cloud's words are looked at: nobody logs in, so that none has to start. */
  wordsOnly?: boolean;
  /** Whether a restored server has its source's rules. */
  inheritsRules?: boolean;
  /** Whether a server without a rule lets nobody in. */
  firewall: 'open' | 'enforced';
  /** Set: a new password is accepted, and holds when this has come. */
  passwordHolds?: Promise<void> | undefined;
  /** Resource groups in which nothing can be deleted. */
  readonly lockedGroups: Set<string>;
  readonly unavailableSkus: Set<string>;
}

/** A PUT, PATCH or DELETE that was accepted. */
export interface Operation {
  readonly id: string;
  readonly of: FlexibleServer;
  readonly startedAt: Date;
  failed?: AzureError;
}

type Body = Readonly<Record<string, unknown>>;

/** The servers of one subscription, and what is asked of them: https://learn.microsoft.com/rest/api/postgresql/servers. */
export class AzureServers {
  readonly all = new Map<string, FlexibleServer>();
  readonly operations = new Map<string, Operation>();
  readonly circumstances: AzureCircumstances = {
    pageSize: 100,
    polls: 1,
    serverQuota: 40,
    firewall: 'open',
    lockedGroups: new Set(),
    unavailableSkus: new Set(),
  };
  readonly resourceGroups = new Set(['production']);
  readonly #subscription: string;
  readonly #root: string;
  #made = 0;

  constructor(subscription: string, root: string) {
    this.#subscription = subscription;
    this.#root = root;
  }

  /** Production, which was there before. */
  async add(
    given: {
      readonly name: string;
      readonly major: Major;
      readonly login: string;
      readonly password: string;
      readonly database?: string;
    } & Partial<FlexibleServer>,
  ): Promise<FlexibleServer> {
    const { password, database, ...rest } = given;
    const { wordsOnly = false } = this.circumstances;
    const place = wordsOnly ? nowhere : await takePlace();
    const server = wordsOnly
      ? unasked
      : await BackingServer.start(this.#folder(), given.major, { user: given.login, password }, microsoft, { host: place.host, port: 5_432 });
    if (database !== undefined) await server.makeDatabase(database, given.login);
    const made: FlexibleServer = {
      resourceGroup: 'production',
      location: 'westeurope',
      sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' },
      network: { publicNetworkAccess: 'Enabled' },
      createdAt: new Date(Date.now() - 7 * 86_400_000),
      tags: {},
      firewallRules: new Map(),
      life: new Lifecycle('Ready'),
      place,
      server,
      moments: [],
      ...rest,
    };
    this.resourceGroups.add(made.resourceGroup);
    this.all.set(made.name, made);
    return made;
  }

  /** Keeps a server's data of now, so that it can be restored to this moment. */
  async remember(of: FlexibleServer, at = new Date()): Promise<void> {
    if (of.server !== undefined) of.moments.push({ at, data: await of.server.freeze(this.#folder()) });
  }

  async removeAll(): Promise<void> {
    for (const one of this.all.values()) await vacate(one);
    this.all.clear();
  }

  find(group: string, name: string): FlexibleServer {
    this.group(group);
    const found = this.all.get(name.toLowerCase());
    if (found === undefined || found.resourceGroup.toLowerCase() !== group.toLowerCase()) {
      throw azureError(
        'ResourceNotFound',
        `The Resource 'Microsoft.DBforPostgreSQL/flexibleServers/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
      );
    }
    return found;
  }

  /** Names of groups don't mind capital letters. */
  group(name: string): void {
    if (![...this.resourceGroups].some((one) => one.toLowerCase() === name.toLowerCase())) {
      throw azureError('ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
    }
  }

  async put(group: string, name: string, body: Body): Promise<Operation> {
    this.group(group);
    const properties = (body.properties ?? {}) as Readonly<Record<string, string | undefined>>;
    if (!/^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$/.test(name)) throw azureError('InvalidParameterValue', `Invalid value given for parameter serverName: ${name}.`);
    if (typeof body.location !== 'string') throw new AzureError('LocationRequired', 'The location property is required for this definition.', 400);
    if (this.all.has(name)) throw azureError('ServerNameAlreadyExists');
    if (properties.createMode !== 'PointInTimeRestore') {
      throw azureError('InvalidParameterValue', `Invalid value given for parameter createMode: here servers are only restored, not ${properties.createMode}.`);
    }
    const source = this.#source(properties.sourceServerResourceId);
    const { circumstances } = this;
    if (sameLocation(body.location) !== sameLocation(source.location)) {
      throw azureError('InvalidParameterValue', 'Invalid value given for parameter location: a point in time restore stays in the location of its source.');
    }
    const sku = (body.sku ?? source.sku) as FlexibleServer['sku'];
    if (this.all.size >= circumstances.serverQuota) throw azureError('QuotaExceeded');
    if (circumstances.unavailableSkus.has(sku.name))
      throw azureError('SkuNotAvailable', `The requested size ${sku.name} is currently not available in location '${body.location}'.`);
    if (source.life.isMoving) throw busy(source);
    const data = await this.#at(source, properties.pointInTimeUTC);
    const made: FlexibleServer = {
      name,
      resourceGroup: group,
      location: source.location,
      login: source.login,
      major: source.major,
      sku,
      network: (body.properties as { network?: FlexibleServer['network'] }).network ?? source.network,
      createdAt: new Date(),
      tags: readTags(body.tags),
      firewallRules: new Map(circumstances.inheritsRules === true ? source.firewallRules : []),
      life: new Lifecycle('Ready'),
      moments: [],
    };
    this.all.set(name, made);
    const operation = this.#operation(made);
    const start = async () => {
      if (circumstances.restoreFails !== undefined) {
        operation.failed = azureError(circumstances.restoreFails);
        return;
      }
      if (circumstances.wordsOnly === true) {
        Object.assign(made, { place: nowhere, server: unasked });
        return;
      }
      made.place = await takePlace();
      made.server = await BackingServer.start(this.#folder(), data, undefined, microsoft, { host: made.place.host, port: 5_432 });
      if (circumstances.firewall === 'enforced') await made.server.setOpen(false);
    };
    await made.life.go([this.#stage('Provisioning'), this.#stage('Updating', start)], circumstances.restoreFails === undefined ? 'Ready' : 'Disabled');
    return operation;
  }

  async patch(group: string, name: string, body: Body): Promise<Operation> {
    const found = this.find(group, name);
    if (found.life.isMoving) throw busy(found);
    if (found.life.status !== 'Ready') throw azureError('OperationNotAllowed');
    const password = (body.properties as { administratorLoginPassword?: string } | undefined)?.administratorLoginPassword;
    if (password !== undefined) checkPassword(password, found.login);
    if (body.tags !== undefined) found.tags = readTags(body.tags);
    const settle = async () => {
      if (password === undefined) return;
      const holds = () => found.server?.setPassword(found.login, password);
      const { passwordHolds } = this.circumstances;
      if (passwordHolds === undefined) await holds();
      else passwordHolds.then(holds).catch(() => {});
    };
    // Unless told otherwise, the password holds when the operation has ended.
    await found.life.go([this.#stage('Updating'), { status: 'Updating', polls: 1, enter: settle }], 'Ready');
    return this.#operation(found);
  }

  async delete(group: string, name: string): Promise<Operation | undefined> {
    this.group(group);
    if (this.circumstances.lockedGroups.has(group.toLowerCase())) throw azureError('ScopeLocked');
    const found = this.all.get(name.toLowerCase());
    // As everywhere in Azure: what isn't there has been deleted.
    if (found === undefined) return undefined;
    if (found.life.isMoving) throw busy(found);
    const gone = async () => {
      this.all.delete(found.name);
      await vacate(found);
    };
    await found.life.go([this.#stage('Dropping'), { status: 'Dropping', polls: 1, enter: gone }], 'gone');
    return this.#operation(found);
  }

  async putFirewallRule(group: string, name: string, rule: string, body: Body): Promise<Operation> {
    const found = this.find(group, name);
    if (found.life.isMoving) throw busy(found);
    const { startIpAddress = '', endIpAddress = '' } = (body.properties ?? {}) as { startIpAddress?: string; endIpAddress?: string };
    const address = /^(\d{1,3}\.){3}\d{1,3}$/;
    if (!address.test(startIpAddress) || !address.test(endIpAddress))
      throw azureError('InvalidParameterValue', 'Invalid value given for parameter startIpAddress.');
    found.firewallRules.set(rule, { startIpAddress, endIpAddress });
    await found.life.go([this.#stage('Updating', async () => await found.server?.setOpen(true))], 'Ready');
    return this.#operation(found);
  }

  async deleteFirewallRule(group: string, name: string, rule: string): Promise<Operation> {
    const found = this.find(group, name);
    if (found.life.isMoving) throw busy(found);
    found.firewallRules.delete(rule);
    await found.life.go([this.#stage('Updating')], 'Ready');
    return this.#operation(found);
  }

  describe(of: FlexibleServer, state: string): object {
    return {
      id: this.idOf(of),
      name: of.name,
      type: 'Microsoft.DBforPostgreSQL/flexibleServers',
      location: of.location,
      tags: of.tags,
      sku: of.sku,
      systemData: { createdAt: of.createdAt.toISOString() },
      properties: {
        administratorLogin: of.login,
        version: String(of.major),
        minorVersion: of.major === 15 ? '18' : '4',
        state,
        // Known only when there is something behind it.
        ...(of.place === undefined ? {} : { fullyQualifiedDomainName: of.place.host }),
        storage: { storageSizeGB: 128, autoGrow: 'Disabled' },
        backup: { backupRetentionDays: 7, geoRedundantBackup: 'Disabled', earliestRestoreDate: of.createdAt.toISOString() },
        network: of.network,
        highAvailability: { mode: 'Disabled', state: 'NotEnabled' },
        authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' },
        replicationRole: 'Primary',
        availabilityZone: '1',
      },
    };
  }

  idOf({ resourceGroup, name }: Pick<FlexibleServer, 'resourceGroup' | 'name'>): string {
    return `/subscriptions/${this.#subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`;
  }

  #source(id: string | undefined): FlexibleServer {
    const found = [...this.all.values()].find((one) => this.idOf(one).toLowerCase() === id?.toLowerCase());
    if (found !== undefined) return found;
    throw azureError('ResourceNotFound', `The Resource '${id}' was not found.`);
  }

  /** The data of a moment: of the last that was remembered before it, or those of now where none was later than that. */
  async #at(of: FlexibleServer, asked: string | undefined): Promise<FrozenData> {
    const at = new Date(asked ?? 'none');
    if (Number.isNaN(at.getTime()) || at < of.createdAt || at.getTime() > Date.now() + 300_000) throw azureError('InvalidPointInTime');
    const moment = of.moments.toSorted((left, right) => right.at.getTime() - left.at.getTime()).find((one) => one.at <= at);
    const isNow = at.getTime() > Date.now() - 300_000;
    if (moment !== undefined && !(isNow && at > moment.at)) return moment.data;
    if (of.server === undefined) throw azureError('InvalidPointInTime');
    return await of.server.freeze(this.#folder());
  }

  #operation(of: FlexibleServer): Operation {
    const operation: Operation = { id: crypto.randomUUID(), of, startedAt: new Date() };
    this.operations.set(operation.id, operation);
    return operation;
  }

  #stage(status: string, enter?: () => Promise<void>) {
    const polls = status === this.circumstances.stuckIn ? Number.POSITIVE_INFINITY : this.circumstances.polls;
    return { status, polls, ...(enter === undefined ? {} : { enter }) };
  }

  #folder(): string {
    mkdirSync(this.#root, { recursive: true, mode: 0o711 });
    this.#made += 1;
    return join(this.#root, `d${this.#made}`);
  }
}

const nowhere: Place = { host: '127.77.0.0', release() {} };
const unasked = {
  setPassword: async () => {},
  setOpen: async () => {},
  makeDatabase: async () => {},
  remove: async () => {},
  freeze: async () => ({}),
} as unknown as BackingServer;

async function vacate({ server, place }: FlexibleServer): Promise<void> {
  await server?.remove();
  place?.release();
}

function busy({ name }: FlexibleServer): AzureError {
  return azureError('ServerIsBusy', `Cannot complete operation while server '${name}' is busy processing another operation. Please try again later.`);
}

/** `West Europe` is `westeurope`. */
function sameLocation(name: string): string {
  return name.toLowerCase().replaceAll(' ', '');
}

/** Three of four kinds of characters, and not the login: https://learn.microsoft.com/azure/postgresql/flexible-server/security-access-control. */
function checkPassword(password: string, login: string): void {
  if (password.length < 8 || password.length > 128) throw azureError('PasswordTooShort');
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;
  if (kinds < 3 || password.toLowerCase().includes(login.toLowerCase())) throw azureError('PasswordNotComplex');
}

/** Fifty at most; names without these signs: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources. */
function readTags(given: unknown): Readonly<Record<string, string>> {
  const tags = (given ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(tags)) {
    if (name.length > 512 || /[<>%&\\?/]/.test(name) || typeof value !== 'string' || value.length > 256) {
      throw new AzureError('InvalidTagNameCharacters', `The tag '${name}' is not valid. The tag names cannot have reserved characters '<,>,%,&,\\,?,/'.`, 400);
    }
  }
  if (Object.keys(tags).length > 50) throw new AzureError('InvalidTags', 'A resource can have 50 tags.', 400);
  return tags as Readonly<Record<string, string>>;
}

/** An address that no other process takes as long as this one has it. */
interface Place {
  readonly host: string;
  readonly release: () => void;
}

/**
 * A loopback address whose port 5432 is free; the certificate holds for sixty of them. Listening on a second port of it keeps others away from before the server
 * starts until after it has ended.
 */
async function takePlace(): Promise<Place> {
  const first = Math.floor(Math.random() * 60);
  for (let tried = 0; tried < 60; tried++) {
    const host = `127.77.0.${((first + tried) % 60) + 1}`;
    const claim = await listen(host, 54_320);
    const probe = claim === undefined ? undefined : await listen(host, 5_432);
    if (claim !== undefined && probe !== undefined) {
      await new Promise((resolve) => probe.close(resolve));
      claim.unref();
      return { host, release: () => claim.close() };
    }
    claim?.close();
  }
  throw new Error('all addresses of the stand-in for Azure are taken');
}

function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => resolve(server));
  });
}
