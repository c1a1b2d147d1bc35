import { XmlList, type XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import { describeSnapshot } from './describe.ts';
import { type House, isOwn, notInState, ordered } from './house.ts';
import { newName, type Params, readTags, text } from './params.ts';
import { type Instance, newLife, type Snapshot } from './resources.ts';

type Answer = { readonly [name: string]: XmlValue };

/** The calls about snapshots of instances. */
export class SnapshotCalls {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  async describe(call: Call, params: Params): Promise<Answer> {
    const { DBSnapshotIdentifier: id, DBInstanceIdentifier: of, SnapshotType: type } = params;
    const all = [...this.#house.snapshots.values()].filter((one) => {
      if (one.region !== call.region) return false;
      const named = id === undefined || (isForeign(one) ? one.arn === id : one.id === id || one.arn === id);
      return this.#isTold(one, call, params) && named && (of === undefined || one.instanceId === of) && (type === undefined || one.type === type);
    });
    if (id !== undefined && all.length === 0) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${text(id)} not found.`, 404);
    const { page, marker } = this.#house.page(all, params);
    const told: XmlValue[] = [];
    for (const snapshot of page) told.push(describeSnapshot(snapshot, await snapshot.life.look(), snapshot.life.left));
    return { DBSnapshots: new XmlList('DBSnapshot', told), Marker: marker };
  }

  /** Whose snapshots are told without being asked for: one's own automated and manual ones, by https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html. */
  #isTold(one: Snapshot, call: Call, params: Params): boolean {
    const { SnapshotType: type, DBSnapshotIdentifier: id } = params;
    switch (one.type) {
      case 'public':
        return type === 'public' || (type === undefined && (params.IncludePublic === 'true' || id === one.arn));
      case 'shared':
        return (type === 'shared' || (type === undefined && (params.IncludeShared === 'true' || id === one.arn))) && isSharedWith(one, call);
      case 'awsbackup':
        return one.account === call.identity.account && (type === 'awsbackup' || id !== undefined);
      default:
        return one.account === call.identity.account;
    }
  }

  async create(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const instance = house.instance(call, params);
    const id = newName('DBSnapshotIdentifier', params.DBSnapshotIdentifier, 255);
    if (instance.clusterId !== undefined)
      throw new AwsError('InvalidParameterValue', 'The specified instance is a member of a cluster and a snapshot cannot be created directly.');
    if (!['available', 'storage-optimization'].includes(instance.life.status)) throw notInState(instance);
    this.#isNew(call, id);
    const snapshot = snapshotOf(instance, id, { type: 'manual', tags: readTags(params.Tags) });
    // The instant of the data is that of the call, not of its end.
    if (instance.server !== undefined) snapshot.data = await instance.server.freeze(house.folder());
    // Another call may have come with the same name meanwhile.
    this.#isNew(call, id);
    house.snapshots.set(snapshot.arn, snapshot);
    await snapshot.life.go([house.stage('creating')], 'available');
    await instance.life.go([house.stage('backing-up')], 'available');
    return { DBSnapshot: describeSnapshot(snapshot, 'creating') };
  }

  async copy(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const source = this.find(call, text(params.SourceDBSnapshotIdentifier));
    if (source.life.status !== 'available') throw new AwsError('InvalidDBSnapshotState', `Snapshot ${source.id} is not available.`);
    const kmsKeyId = params.KmsKeyId === undefined ? source.of.kmsKeyId : text(params.KmsKeyId);
    // A copy of somebody else's encrypted snapshot needs a key of one's own: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html.
    if (isForeign(source) && source.of.encrypted && params.KmsKeyId === undefined) {
      throw new AwsError('InvalidParameterCombination', 'You must specify a KMS key to copy an encrypted shared snapshot.');
    }
    house.mayUse(source.of.kmsKeyId);
    house.mayUse(kmsKeyId);
    const id = newName('TargetDBSnapshotIdentifier', params.TargetDBSnapshotIdentifier, 255);
    this.#isNew(call, id);
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
    house.snapshots.set(copy.arn, copy);
    await copy.life.go([house.stage('creating')], 'available');
    return { DBSnapshot: describeSnapshot(copy, 'creating') };
  }

  delete(call: Call, params: Params): Answer {
    const snapshot = this.#own(call, text(params.DBSnapshotIdentifier));
    if (snapshot === undefined) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${text(params.DBSnapshotIdentifier)} not found.`, 404);
    if (snapshot.life.status !== 'available' || snapshot.type !== 'manual') {
      throw new AwsError('InvalidDBSnapshotState', `Snapshot ${snapshot.id} can't be deleted in its state.`);
    }
    this.#house.snapshots.delete(snapshot.arn);
    this.#house.release(snapshot);
    return { DBSnapshot: describeSnapshot(snapshot, 'deleted') };
  }

  attributes(call: Call, params: Params): Answer {
    const id = text(params.DBSnapshotIdentifier);
    const snapshot = this.#own(call, id);
    if (snapshot === undefined) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${id} not found.`, 404);
    const restore = { AttributeName: 'restore', AttributeValues: new XmlList('AttributeValue', snapshot.sharedWith ?? []) };
    return { DBSnapshotAttributesResult: { DBSnapshotIdentifier: snapshot.id, DBSnapshotAttributes: new XmlList('DBSnapshotAttribute', [restore]) } };
  }

  /** One's own by its name, somebody else's by its ARN only. */
  find(call: Call, id: string): Snapshot {
    const foreign = [...this.#house.snapshots.values()].find(
      (one) => isForeign(one) && one.arn === id && one.region === call.region && isSharedWith(one, call),
    );
    const found = this.#own(call, id) ?? foreign;
    if (found === undefined) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${id} not found.`, 404);
    return found;
  }

  #own(call: Call, id: string): Snapshot | undefined {
    return [...this.#house.snapshots.values()].find((one) => !isForeign(one) && isOwn(one, call) && (one.id === id || one.arn === id));
  }

  #isNew(call: Call, id: string): void {
    if (this.#own(call, id) !== undefined) {
      throw new AwsError('DBSnapshotAlreadyExists', `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`);
    }
    const manual = [...this.#house.snapshots.values()].filter((one) => one.type === 'manual' && isOwn(one, call));
    if (manual.length >= this.#house.circumstances.snapshotQuota) throw ordered('SnapshotQuotaExceeded');
  }
}

function isForeign({ type }: Snapshot): boolean {
  return type === 'shared' || type === 'public';
}

function isSharedWith({ type, sharedWith }: Snapshot, call: Call): boolean {
  return type === 'public' || sharedWith === undefined || sharedWith.includes('all') || sharedWith.includes(call.identity.account);
}

export function snapshotOf(instance: Instance, id: string, given: Partial<Snapshot>): Snapshot {
  const { region, account } = instance;
  return {
    id,
    arn: `arn:aws:rds:${given.region ?? region}:${given.account ?? account}:snapshot:${id}`,
    region,
    account,
    type: 'automated',
    instanceId: instance.id,
    of: {
      master: instance.master,
      engine: instance.engine,
      engineVersion: instance.engineVersion,
      major: instance.major,
      databaseName: instance.databaseName,
      allocatedGb: instance.allocatedGb,
      storageType: instance.storageType,
      encrypted: instance.encrypted,
      ...(instance.kmsKeyId === undefined ? {} : { kmsKeyId: instance.kmsKeyId }),
    },
    createdAt: new Date(),
    tags: new Map(),
    life: newLife(),
    ...given,
  };
}
