import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type QueryValue, XmlList, type XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import { BackingServer, type Major } from './backing-server.ts';
import { describeInstance, describeSnapshot, describeTags, hostOf } from './describe.ts';
import { type Circumstances, type Instance, newLife, type Snapshot, type Tags } from './resources.ts';

type Params = { readonly [name: string]: QueryValue | undefined };
type Answer = { readonly [name: string]: XmlValue };

const versions: Readonly<Record<Major, string>> = { 15: '15.18', 18: '18.4' };

/**
 * RDS for PostgreSQL, as far as a program that restores snapshots needs it. Each instance is a real server, each snapshot the data folder of one moment. States pass
 * as they are asked for. What the real service refuses in a state is refused here: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html.
 */
export class FakeRds {
  readonly instances = new Map<string, Instance>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly circumstances: Circumstances = {
    pageSize: 100,
    polls: 1,
    instanceQuota: 40,
    snapshotQuota: 100,
    noCapacity: new Set(),
    forbiddenKeys: new Set(),
    restoredAs: 'available',
  };
  readonly #root: string;
  #made = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Production, which was there before. */
  async addInstance(
    given: {
      readonly id: string;
      readonly account: string;
      readonly region: string;
      readonly major: Major;
      readonly master: string;
      readonly password: string;
    } & Partial<Instance>,
  ): Promise<Instance> {
    const { password, ...rest } = given;
    const server = await BackingServer.start(this.#folder(), given.major, { user: given.master, password });
    const instance: Instance = {
      arn: `arn:aws:rds:${given.region}:${given.account}:db:${given.id}`,
      engineVersion: versions[given.major],
      databaseName: 'postgres',
      instanceClass: 'db.m6g.large',
      allocatedGb: 100,
      storageType: 'gp2',
      multiAz: true,
      publiclyAccessible: false,
      deletionProtection: true,
      backupRetentionDays: 7,
      encrypted: false,
      subnetGroup: 'production',
      securityGroups: ['sg-1', 'sg-2'],
      parameterGroup: 'production-pg',
      createdAt: new Date(),
      tags: new Map(),
      life: newLife(),
      server,
      ...rest,
    };
    this.instances.set(instance.id, instance);
    return instance;
  }

  /** A snapshot that somebody else made, such as the automated one of last night. */
  async addSnapshot(instance: Instance, id: string, given: Partial<Snapshot> = {}): Promise<Snapshot> {
    const snapshot = this.#snapshotOf(instance, id, given);
    if (instance.server !== undefined) snapshot.data = await instance.server.freeze(this.#folder());
    this.snapshots.set(snapshot.arn, snapshot);
    return snapshot;
  }

  async removeAll(): Promise<void> {
    for (const { server } of this.instances.values()) await server?.remove();
    this.instances.clear();
    this.snapshots.clear();
  }

  /** Where a private endpoint leads, as the network of the cloud would know it. */
  resolve(host: string, port: number): number | undefined {
    const found = [...this.instances.values()].find((instance) => hostOf(instance) === host && instance.server?.port === port);
    return found?.server?.port;
  }

  async answer(call: Call, params: Params): Promise<Answer> {
    switch (call.action) {
      case 'DescribeDBInstances':
        return await this.#describeInstances(call, params);
      case 'DescribeDBSnapshots':
        return await this.#describeSnapshots(call, params);
      case 'CreateDBSnapshot':
        return await this.#createSnapshot(call, params);
      case 'CopyDBSnapshot':
        return await this.#copySnapshot(call, params);
      case 'DeleteDBSnapshot':
        return await this.#deleteSnapshot(call, params);
      case 'RestoreDBInstanceFromDBSnapshot':
        return await this.#restore(call, params);
      case 'ModifyDBInstance':
        return await this.#modify(call, params);
      case 'DeleteDBInstance':
        return await this.#delete(call, params);
      case 'AddTagsToResource':
        for (const [key, value] of readTags(params.Tags)) this.#tagged(text(params.ResourceName)).set(key, value);
        return {};
      case 'ListTagsForResource':
        return { TagList: describeTags(this.#tagged(text(params.ResourceName))) };
      default:
        throw new AwsError('InvalidAction', `The action ${call.action} is not valid for this web service.`);
    }
  }

  async #describeInstances(call: Call, params: Params): Promise<Answer> {
    const id = params.DBInstanceIdentifier;
    const all = [...this.instances.values()].filter((one) => isOwn(one, call) && (id === undefined || one.id === id || one.arn === id));
    if (id !== undefined && all.length === 0) throw new AwsError('DBInstanceNotFound', `DBInstance ${text(id)} not found.`, 404);
    const { page, marker } = this.#page(all, params);
    const told: XmlValue[] = [];
    for (const instance of page) told.push(describeInstance(instance, await instance.life.look()));
    return { DBInstances: new XmlList('DBInstance', told), Marker: marker };
  }

  async #describeSnapshots(call: Call, params: Params): Promise<Answer> {
    const { DBSnapshotIdentifier: id, DBInstanceIdentifier: of, SnapshotType: type } = params;
    const all = [...this.snapshots.values()].filter((one) => {
      if (one.region !== call.region) return false;
      // Those of others are told only where they are asked for, or named by their whole ARN.
      const reachable = one.type === 'shared' ? type === 'shared' || params.IncludeShared === 'true' || id === one.arn : one.account === call.identity.account;
      const wanted = type === undefined ? one.type !== 'awsbackup' || id !== undefined : one.type === type;
      return (
        reachable && (wanted || one.type === 'shared') && (id === undefined || one.id === id || one.arn === id) && (of === undefined || one.instanceId === of)
      );
    });
    if (id !== undefined && all.length === 0) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${text(id)} not found.`, 404);
    const { page, marker } = this.#page(all, params);
    const told: XmlValue[] = [];
    for (const snapshot of page) told.push(describeSnapshot(snapshot, await snapshot.life.look()));
    return { DBSnapshots: new XmlList('DBSnapshot', told), Marker: marker };
  }

  async #createSnapshot(call: Call, params: Params): Promise<Answer> {
    const instance = this.#instance(call, params);
    const id = text(params.DBSnapshotIdentifier);
    if (!['available', 'storage-optimization'].includes(instance.life.status)) throw notInState(instance);
    if (this.#ownSnapshot(call, id) !== undefined)
      throw new AwsError('DBSnapshotAlreadyExists', `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`);
    if (this.#manual(call).length >= this.circumstances.snapshotQuota)
      throw new AwsError('SnapshotQuotaExceeded', 'Cannot create more than the allowed number of snapshots.');
    const snapshot = this.#snapshotOf(instance, id, { type: 'manual', tags: readTags(params.Tags) });
    // The instant of the data is that of the call, not of its end.
    if (instance.server !== undefined) snapshot.data = await instance.server.freeze(this.#folder());
    this.snapshots.set(snapshot.arn, snapshot);
    const { polls } = this.circumstances;
    await snapshot.life.go([{ status: 'creating', polls }], 'available');
    await instance.life.go([{ status: 'backing-up', polls }], 'available');
    return { DBSnapshot: describeSnapshot(snapshot, 'creating') };
  }

  async #copySnapshot(call: Call, params: Params): Promise<Answer> {
    const source = this.#snapshot(call, text(params.SourceDBSnapshotIdentifier));
    if (source.life.status !== 'available') throw new AwsError('InvalidDBSnapshotState', `Snapshot ${source.id} is not available.`);
    const kmsKeyId = params.KmsKeyId === undefined ? source.of.kmsKeyId : text(params.KmsKeyId);
    this.#mayUse(source.of.kmsKeyId);
    this.#mayUse(kmsKeyId);
    const id = text(params.TargetDBSnapshotIdentifier);
    if (this.#ownSnapshot(call, id) !== undefined) throw new AwsError('DBSnapshotAlreadyExists', `A snapshot with the identifier ${id} already exists.`);
    const copy: Snapshot = {
      ...source,
      id,
      arn: `arn:aws:rds:${call.region}:${call.identity.account}:snapshot:${id}`,
      account: call.identity.account,
      type: 'manual',
      of: { ...source.of, encrypted: kmsKeyId !== undefined, ...(kmsKeyId === undefined ? {} : { kmsKeyId }) },
      tags: readTags(params.Tags),
      life: newLife(),
    };
    this.snapshots.set(copy.arn, copy);
    await copy.life.go([{ status: 'creating', polls: this.circumstances.polls }], 'available');
    return { DBSnapshot: describeSnapshot(copy, 'creating') };
  }

  async #deleteSnapshot(call: Call, params: Params): Promise<Answer> {
    const snapshot = this.#ownSnapshot(call, text(params.DBSnapshotIdentifier));
    if (snapshot === undefined) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${text(params.DBSnapshotIdentifier)} not found.`, 404);
    if (snapshot.life.status !== 'available' || snapshot.type !== 'manual')
      throw new AwsError('InvalidDBSnapshotState', `Snapshot ${snapshot.id} can't be deleted in its state.`);
    this.snapshots.delete(snapshot.arn);
    return { DBSnapshot: describeSnapshot(snapshot, 'deleted') };
  }

  async #restore(call: Call, params: Params): Promise<Answer> {
    const id = text(params.DBInstanceIdentifier);
    const snapshot = this.#snapshot(call, text(params.DBSnapshotIdentifier));
    const instanceClass = text(params.DBInstanceClass ?? 'db.m6g.large');
    const { circumstances } = this;
    if (this.instances.has(id)) throw new AwsError('DBInstanceAlreadyExists', 'DB Instance already exists');
    if (snapshot.life.status !== 'available') throw new AwsError('InvalidDBSnapshotState', `Snapshot ${snapshot.id} is not available.`);
    if (this.instances.size >= circumstances.instanceQuota)
      throw new AwsError('InstanceQuotaExceeded', 'Cannot create more than the allowed number of instances.');
    if (circumstances.noCapacity.has(instanceClass))
      throw new AwsError('InsufficientDBInstanceCapacity', `${instanceClass} is not available in the specified Availability Zone.`);
    this.#mayUse(snapshot.of.kmsKeyId);
    const instance: Instance = {
      ...snapshot.of,
      id,
      arn: `arn:aws:rds:${call.region}:${call.identity.account}:db:${id}`,
      region: call.region,
      account: call.identity.account,
      instanceClass,
      storageType: text(params.StorageType ?? snapshot.of.storageType),
      multiAz: params.MultiAZ === 'true',
      publiclyAccessible: params.PubliclyAccessible === 'true',
      deletionProtection: params.DeletionProtection === 'true',
      backupRetentionDays: Number(params.BackupRetentionPeriod ?? 7),
      subnetGroup: text(params.DBSubnetGroupName ?? 'default'),
      securityGroups: Array.isArray(params.VpcSecurityGroupIds) ? params.VpcSecurityGroupIds.map(text) : ['sg-default'],
      parameterGroup: text(params.DBParameterGroupName ?? `default.postgres${snapshot.of.major}`),
      createdAt: new Date(),
      tags: readTags(params.Tags),
      life: newLife(),
    };
    this.instances.set(id, instance);
    await this.#comeUp(instance, snapshot);
    return { DBInstance: describeInstance(instance, 'creating') };
  }

  async #comeUp(instance: Instance, snapshot: Snapshot): Promise<void> {
    const { polls, restoredAs } = this.circumstances;
    const start = async () => {
      if (snapshot.data !== undefined) instance.server = await BackingServer.start(this.#folder(), snapshot.data);
    };
    const creating = { status: 'creating', polls };
    if (restoredAs !== 'available') return await instance.life.go([creating], restoredAs);
    await instance.life.go([creating, { status: 'modifying', polls, enter: start }, { status: 'backing-up', polls }], 'available');
  }

  async #modify(call: Call, params: Params): Promise<Answer> {
    const instance = this.#instance(call, params);
    if (instance.life.status !== 'available') throw notInState(instance);
    const { polls } = this.circumstances;
    const password = params.MasterUserPassword === undefined ? undefined : text(params.MasterUserPassword);
    if (password !== undefined && password.length < 8)
      throw new AwsError('InvalidParameterValue', 'The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.');
    if (params.BackupRetentionPeriod !== undefined) instance.backupRetentionDays = Number(params.BackupRetentionPeriod);
    if (params.DeletionProtection !== undefined) instance.deletionProtection = params.DeletionProtection === 'true';
    if (params.DBParameterGroupName !== undefined) instance.parameterGroup = text(params.DBParameterGroupName);
    // The password holds at the end of its state, as on RDS: whoever logs in too early is refused.
    const settle = async () => {
      if (password !== undefined) await instance.server?.setPassword(instance.master, password);
    };
    const status = password === undefined ? 'modifying' : 'resetting-master-credentials';
    await instance.life.go(
      [
        { status: 'available', polls: 1 },
        { status, polls },
        { status: 'configuring-enhanced-monitoring', polls: 1, enter: settle },
      ],
      'available',
    );
    return { DBInstance: describeInstance(instance, 'available') };
  }

  async #delete(call: Call, params: Params): Promise<Answer> {
    const instance = this.#instance(call, params);
    const { status } = instance.life;
    if (status === 'deleting') throw new AwsError('InvalidDBInstanceState', `Instance ${instance.id} is already being deleted.`);
    if (['creating', 'modifying', 'backing-up', 'resetting-master-credentials'].includes(status)) throw notInState(instance);
    if (instance.deletionProtection)
      throw new AwsError('InvalidParameterCombination', 'Cannot delete protected DB Instance, please disable deletion protection and try again.');
    const skip = params.SkipFinalSnapshot === 'true';
    if (!skip && params.FinalDBSnapshotIdentifier === undefined) {
      throw new AwsError('InvalidParameterCombination', 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.');
    }
    if (!skip && status !== 'available') throw notInState(instance);
    const gone = async () => {
      this.instances.delete(instance.id);
      await instance.server?.remove();
    };
    await instance.life.go(
      [
        { status: 'deleting', polls: this.circumstances.polls },
        { status: 'deleted', polls: 1, enter: gone },
      ],
      'deleted',
    );
    return { DBInstance: describeInstance(instance, 'deleting') };
  }

  #page<T>(all: readonly T[], params: Params): { readonly page: readonly T[]; readonly marker: string | undefined } {
    const from = params.Marker === undefined ? 0 : Number(text(params.Marker));
    const size = Math.min(this.circumstances.pageSize, params.MaxRecords === undefined ? 100 : Number(text(params.MaxRecords)));
    return { page: all.slice(from, from + size), marker: from + size < all.length ? String(from + size) : undefined };
  }

  #instance(call: Call, params: Params): Instance {
    const id = text(params.DBInstanceIdentifier);
    const found = this.instances.get(id);
    if (found === undefined || !isOwn(found, call)) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
    return found;
  }

  #ownSnapshot(call: Call, id: string): Snapshot | undefined {
    return [...this.snapshots.values()].find((one) => one.type !== 'shared' && isOwn(one, call) && (one.id === id || one.arn === id));
  }

  /** One's own by its name, somebody else's by its ARN only. */
  #snapshot(call: Call, id: string): Snapshot {
    const found =
      this.#ownSnapshot(call, id) ?? [...this.snapshots.values()].find((one) => one.type === 'shared' && one.arn === id && one.region === call.region);
    if (found === undefined) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${id} not found.`, 404);
    return found;
  }

  #manual(call: Call): readonly Snapshot[] {
    return [...this.snapshots.values()].filter((one) => one.type === 'manual' && isOwn(one, call));
  }

  #mayUse(key: string | undefined): void {
    if (key !== undefined && this.circumstances.forbiddenKeys.has(key)) {
      throw new AwsError(
        'KMSKeyNotAccessibleFault',
        `The specified KMS key [${key}] does not exist, is not enabled or you do not have permissions to access it.`,
      );
    }
  }

  #tagged(arn: string): Tags {
    const found = [...this.instances.values(), ...this.snapshots.values()].find((one) => one.arn === arn);
    if (found === undefined) throw new AwsError(arn.includes(':snapshot:') ? 'DBSnapshotNotFound' : 'DBInstanceNotFound', `${arn} not found.`, 404);
    return found.tags;
  }

  #snapshotOf(instance: Instance, id: string, given: Partial<Snapshot>): Snapshot {
    const { region, account } = instance;
    return {
      id,
      arn: `arn:aws:rds:${given.region ?? region}:${given.account ?? account}:snapshot:${id}`,
      region,
      account,
      type: 'automated',
      instanceId: instance.id,
      of: instance,
      createdAt: new Date(),
      tags: new Map(),
      life: newLife(),
      ...given,
    };
  }

  #folder(): string {
    mkdirSync(this.#root, { recursive: true, mode: 0o711 });
    this.#made += 1;
    return join(this.#root, `d${this.#made}`);
  }
}

function isOwn({ account, region }: { readonly account: string; readonly region: string }, call: Call): boolean {
  return account === call.identity.account && region === call.region;
}

function notInState({ id, life }: Instance): AwsError {
  return new AwsError('InvalidDBInstanceState', `Instance ${id} is not in available state, it is ${life.status}.`);
}

function readTags(given: QueryValue | undefined): Tags {
  const tags: Tags = new Map();
  for (const tag of Array.isArray(given) ? given : []) {
    if (typeof tag === 'object' && !Array.isArray(tag)) tags.set(text(tag.Key), text(tag.Value ?? ''));
  }
  return tags;
}

function text(value: QueryValue | undefined): string {
  if (typeof value !== 'string') throw new AwsError('MissingParameter', 'A required parameter is missing.');
  return value;
}
