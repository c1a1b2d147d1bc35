import { type QueryValue, XmlList, type XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import { BackingServer } from './backing-server.ts';
import { describeInstance } from './describe.ts';
import { type House, isOwn, notInState } from './house.ts';
import type { Stage } from './lifecycle.ts';
import { newName, type Params, readPassword, readTags, text } from './params.ts';
import { type Instance, newLife, type Snapshot } from './resources.ts';

type Answer = { readonly [name: string]: XmlValue };

/** In which nothing can be changed or deleted: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html. */
const transient = new Set([
  'creating',
  'modifying',
  'backing-up',
  'rebooting',
  'renaming',
  'resetting-master-credentials',
  'configuring-enhanced-monitoring',
  'configuring-log-exports',
  'maintenance',
  'starting',
  'stopping',
  'upgrading',
]);

/** The calls about instances. */
export class InstanceCalls {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  async describe(call: Call, params: Params): Promise<Answer> {
    const id = params.DBInstanceIdentifier === undefined ? undefined : text(params.DBInstanceIdentifier);
    const fits = filterOf(params.Filters);
    const all = [...this.#house.instances.values()].filter(
      (one) => isOwn(one, call) && (id === undefined || one.id === id.toLowerCase() || one.arn === id) && fits(one),
    );
    if (id !== undefined && all.length === 0) throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, 404);
    const { page, marker } = this.#house.page(all, params);
    const told: XmlValue[] = [];
    for (const instance of page) {
      const status = await instance.life.look();
      // What is gone is told once more, as deleted.
      told.push(this.#tell(instance, status));
    }
    return { DBInstances: new XmlList('DBInstance', told), Marker: marker };
  }

  async restore(call: Call, params: Params, snapshotOf: (id: string) => Snapshot): Promise<Answer> {
    const house = this.#house;
    const id = newName('DBInstanceIdentifier', params.DBInstanceIdentifier);
    const snapshot = snapshotOf(text(params.DBSnapshotIdentifier));
    const { of } = snapshot;
    const instanceClass = text(params.DBInstanceClass ?? 'db.m6g.large');
    const storageType = text(params.StorageType ?? of.storageType);
    const allocatedGb = Number(params.AllocatedStorage ?? of.allocatedGb);
    if (house.instances.has(id)) throw new AwsError('DBInstanceAlreadyExists', 'DB Instance already exists');
    if (snapshot.life.status !== 'available') {
      throw new AwsError('InvalidDBSnapshotState', `Cannot restore DB Instance from DB Snapshot ${snapshot.id}, it is ${snapshot.life.status}.`);
    }
    if (params.Engine !== undefined && params.Engine !== of.engine) throw new AwsError('InvalidParameterCombination', 'The engine can not be changed.');
    const tags = readTags(params.Tags);
    const network = house.network(params);
    const parameterGroup = house.parameterGroup(params.DBParameterGroupName, `default.postgres${of.major}`);
    house.roomFor(call, instanceClass, allocatedGb, storageType);
    house.mayUse(of.kmsKeyId);
    const instance: Instance = {
      ...of,
      ...network,
      id,
      arn: `arn:aws:rds:${call.region}:${call.identity.account}:db:${id}`,
      region: call.region,
      account: call.identity.account,
      instanceClass,
      storageType,
      allocatedGb,
      multiAz: params.MultiAZ === 'true',
      publiclyAccessible: params.PubliclyAccessible === 'true',
      deletionProtection: params.DeletionProtection === 'true',
      backupRetentionDays: Number(params.BackupRetentionPeriod ?? 7),
      parameterGroup,
      createdAt: new Date(),
      tags,
      life: newLife(),
    };
    house.instances.set(id, instance);
    const start = async () => {
      if (snapshot.data !== undefined) instance.server = await BackingServer.start(house.folder(), snapshot.data);
    };
    await instance.life.go(this.#birth(start), house.circumstances.restoredAs);
    return { DBInstance: this.#tell(instance, 'creating') };
  }

  /** An instance for a cluster; others are only restored. */
  async create(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const id = newName('DBInstanceIdentifier', params.DBInstanceIdentifier);
    if (params.DBClusterIdentifier === undefined) throw new AwsError('InvalidParameterCombination', 'Here instances are made for a cluster only.');
    if (params.Engine !== 'aurora-postgresql') {
      throw new AwsError('InvalidParameterCombination', 'The engine name requested for your DB instance doesn’t match the engine name of your DB cluster.');
    }
    const cluster = house.cluster(call, text(params.DBClusterIdentifier));
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html: what the cluster decides can't be said here.
    const clusters = [
      'AllocatedStorage',
      'MasterUsername',
      'MasterUserPassword',
      'BackupRetentionPeriod',
      'KmsKeyId',
      'DBName',
      'VpcSecurityGroupIds',
      'MultiAZ',
    ];
    const theirs = clusters.find((name) => params[name] !== undefined);
    if (theirs !== undefined)
      throw new AwsError('InvalidParameterCombination', `The requested DB Instance will be a member of a DB Cluster. Set ${theirs} for the DB Cluster.`);
    if (house.instances.has(id)) throw new AwsError('DBInstanceAlreadyExists', 'DB instance already exists');
    if (cluster.life.status !== 'available') {
      throw new AwsError('InvalidDBClusterStateFault', `DB Cluster ${cluster.id} is not in available state, it is ${cluster.life.status}.`);
    }
    const instanceClass = text(params.DBInstanceClass);
    house.roomFor(call, instanceClass, 1, 'aurora');
    const instance: Instance = {
      id,
      arn: `arn:aws:rds:${call.region}:${call.identity.account}:db:${id}`,
      region: call.region,
      account: call.identity.account,
      engine: 'aurora-postgresql',
      clusterId: cluster.id,
      master: cluster.master,
      engineVersion: cluster.engineVersion,
      major: cluster.major,
      databaseName: cluster.databaseName,
      instanceClass,
      allocatedGb: 1,
      storageType: 'aurora',
      multiAz: false,
      publiclyAccessible: params.PubliclyAccessible === 'true',
      deletionProtection: false,
      backupRetentionDays: cluster.backupRetentionDays,
      encrypted: cluster.encrypted,
      ...(cluster.kmsKeyId === undefined ? {} : { kmsKeyId: cluster.kmsKeyId }),
      subnetGroup: cluster.subnetGroup,
      securityGroups: cluster.securityGroups,
      parameterGroup: house.parameterGroup(params.DBParameterGroupName, `default.aurora-postgresql${cluster.major}`),
      createdAt: new Date(),
      tags: readTags(params.Tags),
      life: newLife(),
    };
    house.instances.set(id, instance);
    const start = async () => {
      if (cluster.server === undefined && cluster.data !== undefined) cluster.server = await BackingServer.start(house.folder(), cluster.data);
      if (cluster.server !== undefined) instance.server = cluster.server;
    };
    await instance.life.go(this.#birth(start), house.circumstances.restoredAs);
    return { DBInstance: this.#tell(instance, 'creating') };
  }

  async modify(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const instance = house.instance(call, params);
    if (!['available', 'storage-optimization'].includes(instance.life.status)) throw notInState(instance);
    const password = readPassword(params.MasterUserPassword);
    if (instance.clusterId !== undefined && (password !== undefined || params.BackupRetentionPeriod !== undefined)) {
      throw new AwsError('InvalidParameterCombination', 'The requested DB Instance is a member of a DB Cluster. Set this for the DB Cluster.');
    }
    if (params.BackupRetentionPeriod !== undefined) instance.backupRetentionDays = Number(params.BackupRetentionPeriod);
    if (params.DeletionProtection !== undefined) instance.deletionProtection = params.DeletionProtection === 'true';
    instance.parameterGroup = house.parameterGroup(params.DBParameterGroupName, instance.parameterGroup);
    if (params.DBInstanceClass !== undefined && params.ApplyImmediately === 'true') instance.instanceClass = text(params.DBInstanceClass);
    instance.pendingPassword = password !== undefined;
    // The password holds at the end of its state, as on RDS: whoever logs in too early is refused.
    const settle = async () => {
      if (password !== undefined) await instance.server?.setPassword(instance.master, password);
      instance.pendingPassword = false;
    };
    const status = password === undefined ? 'modifying' : 'resetting-master-credentials';
    await instance.life.go(
      [{ status: 'available', polls: 1 }, house.stage(status), { status: 'configuring-enhanced-monitoring', polls: 1, enter: settle }],
      'available',
    );
    return { DBInstance: this.#tell(instance, 'available') };
  }

  async delete(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const instance = house.instance(call, params);
    const { status } = instance.life;
    if (status === 'deleting') throw new AwsError('InvalidDBInstanceState', `Instance ${instance.id} is already being deleted.`);
    if (transient.has(status)) throw notInState(instance);
    if (instance.deletionProtection) {
      throw new AwsError('InvalidParameterCombination', 'Cannot delete protected DB Instance, please disable deletion protection and try again.');
    }
    const skip = params.SkipFinalSnapshot === 'true';
    if (skip && params.FinalDBSnapshotIdentifier !== undefined) {
      throw new AwsError('InvalidParameterCombination', 'FinalDBSnapshotIdentifier cannot be specified when deleting with SkipFinalSnapshot.');
    }
    // The data of a cluster's instances are the cluster's.
    if (!skip && instance.clusterId === undefined) {
      if (params.FinalDBSnapshotIdentifier === undefined) {
        throw new AwsError('InvalidParameterCombination', 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.');
      }
      if (status !== 'available') throw notInState(instance);
    }
    const gone = async () => {
      house.instances.delete(instance.id);
      if (instance.clusterId === undefined) await instance.server?.remove();
    };
    await instance.life.go([house.stage('deleting'), { status: 'deleted', polls: 1, enter: gone }], 'deleted');
    return { DBInstance: this.#tell(instance, 'deleting') };
  }

  #birth(start: () => Promise<void>): readonly Stage[] {
    const { restoredAs, restorePath } = this.#house.circumstances;
    const lives = restoredAs === 'available' || restoredAs === 'storage-optimization';
    const path = lives ? restorePath : restorePath.slice(0, 1);
    return path.map((status, at) => this.#house.stage(status, lives && at === Math.min(1, path.length - 1) ? start : undefined));
  }

  #tell(instance: Instance, status: string): Answer {
    return describeInstance(instance, status, this.#house.circumstances.endpoints);
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html has these filters and no others. */
function filterOf(given: QueryValue | undefined): (instance: Instance) => boolean {
  const filters = (Array.isArray(given) ? given : []).map((filter) => {
    if (typeof filter !== 'object' || Array.isArray(filter)) throw new AwsError('InvalidParameterValue', 'A filter is a name and values.');
    const values = Array.isArray(filter.Values) ? filter.Values : [];
    const fits = (...names: readonly (string | undefined)[]) => names.some((name) => name !== undefined && values.includes(name));
    switch (filter.Name) {
      case 'db-instance-id':
        return ({ id, arn }: Instance) => fits(id, arn);
      case 'db-cluster-id':
        return ({ clusterId, region, account }: Instance) => fits(clusterId, `arn:aws:rds:${region}:${account}:cluster:${clusterId}`);
      case 'dbi-resource-id':
        return ({ id }: Instance) => fits(`db-${id.toUpperCase()}`);
      case 'engine':
        return ({ engine }: Instance) => fits(engine);
      default:
        throw new AwsError('InvalidParameterValue', `Unrecognized filter name: ${String(filter.Name)}`);
    }
  });
  return (instance) => filters.every((fits) => fits(instance));
}
