import type { XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import { BackingServer, type Major } from './backing-server.ts';
import type { Circumstances } from './circumstances.ts';
import { ClusterCalls, clusterSnapshotOf } from './clusters.ts';
import { clusterHostOf, describeTags, hostOf } from './describe.ts';
import { House, versions } from './house.ts';
import { InstanceCalls } from './instances.ts';
import { describeOffers } from './offers.ts';
import { list, type Params, readTags, text } from './params.ts';
import { type Cluster, type ClusterSnapshot, type Instance, newLife, type Snapshot, type Tags } from './resources.ts';
import { SnapshotCalls, snapshotOf } from './snapshots.ts';

type Answer = { readonly [name: string]: XmlValue };

interface Production {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly major: Major;
  readonly master: string;
  readonly password: string;
}

/**
 * RDS for PostgreSQL and Aurora, as far as a program that restores snapshots needs it. Each instance is a real server, each snapshot the data folder of one moment.
 * States pass as they are asked for. What the real service refuses in a state is refused here:
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Operations.html.
 */
export class FakeRds {
  readonly #house: House;
  readonly #instances: InstanceCalls;
  readonly #snapshots: SnapshotCalls;
  readonly #clusters: ClusterCalls;

  constructor(root: string) {
    this.#house = new House(root);
    this.#instances = new InstanceCalls(this.#house);
    this.#snapshots = new SnapshotCalls(this.#house);
    this.#clusters = new ClusterCalls(this.#house);
  }

  get instances(): Map<string, Instance> {
    return this.#house.instances;
  }

  /** By ARN. */
  get snapshots(): Map<string, Snapshot> {
    return this.#house.snapshots;
  }

  get clusters(): Map<string, Cluster> {
    return this.#house.clusters;
  }

  /** By ARN. */
  get clusterSnapshots(): Map<string, ClusterSnapshot> {
    return this.#house.clusterSnapshots;
  }

  get circumstances(): Circumstances {
    return this.#house.circumstances;
  }

  /** Production, which was there before. */
  async addInstance(given: Production & Partial<Instance>): Promise<Instance> {
    const { password, ...rest } = given;
    const server = await this.#production(given);
    const instance: Instance = {
      arn: `arn:aws:rds:${given.region}:${given.account}:db:${given.id}`,
      engine: 'postgres',
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
    this.#know(instance);
    return instance;
  }

  /** Production on Aurora: a cluster with one instance that writes, `<id>-1`. */
  async addCluster(given: Production & Partial<Cluster>): Promise<Cluster> {
    const { password, ...rest } = given;
    const server = await this.#production(given);
    const cluster: Cluster = {
      arn: `arn:aws:rds:${given.region}:${given.account}:cluster:${given.id}`,
      engineVersion: versions[given.major],
      databaseName: 'postgres',
      encrypted: false,
      subnetGroup: 'production',
      securityGroups: ['sg-1', 'sg-2'],
      parameterGroup: 'production-cluster-pg',
      deletionProtection: true,
      backupRetentionDays: 7,
      createdAt: new Date(),
      tags: new Map(),
      life: newLife(),
      cloneGroup: `group-${given.id}`,
      origin: 'made',
      server,
      ...rest,
    };
    this.clusters.set(cluster.id, cluster);
    const { id, region, account, major, master, databaseName, encrypted, kmsKeyId, subnetGroup, securityGroups } = cluster;
    this.instances.set(`${id}-1`, {
      id: `${id}-1`,
      arn: `arn:aws:rds:${region}:${account}:db:${id}-1`,
      clusterId: id,
      engine: 'aurora-postgresql',
      engineVersion: cluster.engineVersion,
      instanceClass: 'db.r6g.large',
      allocatedGb: 1,
      storageType: 'aurora',
      multiAz: false,
      publiclyAccessible: false,
      deletionProtection: false,
      backupRetentionDays: 7,
      parameterGroup: 'production-pg',
      createdAt: new Date(),
      tags: new Map(),
      life: newLife(),
      server,
      ...{ region, account, major, master, databaseName, encrypted, subnetGroup, securityGroups },
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    });
    this.#know(cluster);
    return cluster;
  }

  /** A snapshot that somebody else made, such as the automated one of last night. */
  async addSnapshot(instance: Instance, id: string, given: Partial<Snapshot> = {}): Promise<Snapshot> {
    const snapshot = snapshotOf(instance, id, given);
    if (instance.server !== undefined) snapshot.data = await instance.server.freeze(this.#house.folder());
    this.snapshots.set(snapshot.arn, snapshot);
    return snapshot;
  }

  async addClusterSnapshot(cluster: Cluster, id: string, given: Partial<ClusterSnapshot> = {}): Promise<ClusterSnapshot> {
    const snapshot = clusterSnapshotOf(cluster, id, given);
    if (cluster.server !== undefined) snapshot.data = await cluster.server.freeze(this.#house.folder());
    this.clusterSnapshots.set(snapshot.arn, snapshot);
    return snapshot;
  }

  async removeAll(): Promise<void> {
    const { instances, clusters, snapshots, clusterSnapshots } = this.#house;
    for (const { server } of [...instances.values(), ...clusters.values()]) await server?.remove();
    for (const all of [instances, clusters, snapshots, clusterSnapshots]) all.clear();
  }

  /** Where a private endpoint leads, as the network of the cloud would know it; 5432 is every server's port there. */
  resolve(host: string, port: number): number | undefined {
    const { instances, clusters } = this.#house;
    const instance = [...instances.values()].find((one) => hostOf(one) === host);
    const cluster = [...clusters.values()].find((one) => clusterHostOf(one, 'cluster') === host || clusterHostOf(one, 'cluster-ro') === host);
    const own = host === 'localhost' ? [...instances.values()].find(({ server }) => server?.port === port) : undefined;
    const found = (instance ?? cluster ?? own)?.server?.port;
    return port === found || port === 5432 ? found : undefined;
  }

  async answer(call: Call, params: Params): Promise<Answer> {
    switch (call.action) {
      case 'DescribeDBInstances':
        return await this.#instances.describe(call, params);
      case 'RestoreDBInstanceFromDBSnapshot':
        return await this.#instances.restore(call, params, (id) => this.#snapshots.find(call, id));
      case 'CreateDBInstance':
        return await this.#instances.create(call, params);
      case 'ModifyDBInstance':
        return await this.#instances.modify(call, params);
      case 'DeleteDBInstance':
        return await this.#instances.delete(call, params);
      case 'DescribeDBSnapshots':
        return await this.#snapshots.describe(call, params);
      case 'DescribeDBSnapshotAttributes':
        return this.#snapshots.attributes(call, params);
      case 'CreateDBSnapshot':
        return await this.#snapshots.create(call, params);
      case 'CopyDBSnapshot':
        return await this.#snapshots.copy(call, params);
      case 'DeleteDBSnapshot':
        return this.#snapshots.delete(call, params);
      case 'DescribeDBClusters':
        return await this.#clusters.describe(call, params);
      case 'RestoreDBClusterToPointInTime':
        return await this.#clusters.restoreToPointInTime(call, params);
      case 'RestoreDBClusterFromSnapshot':
        return await this.#clusters.restoreFromSnapshot(call, params);
      case 'ModifyDBCluster':
        return await this.#clusters.modify(call, params);
      case 'DeleteDBCluster':
        return await this.#clusters.delete(call, params);
      case 'DescribeDBClusterSnapshots':
        return await this.#clusters.describeSnapshots(call, params);
      case 'CreateDBClusterSnapshot':
        return await this.#clusters.createSnapshot(call, params);
      case 'DeleteDBClusterSnapshot':
        return this.#clusters.deleteSnapshot(call, params);
      case 'AddTagsToResource':
        for (const [key, value] of readTags(params.Tags)) this.tagsOf(text(params.ResourceName)).set(key, value);
        return {};
      case 'RemoveTagsFromResource':
        for (const key of list(params.TagKeys) ?? []) this.tagsOf(text(params.ResourceName)).delete(key);
        return {};
      case 'ListTagsForResource':
        return { TagList: describeTags(this.tagsOf(text(params.ResourceName))) };
      default: {
        const offers = describeOffers(this.#house, call, params);
        if (offers === undefined) throw new AwsError('InvalidAction', `The action ${call.action} is not valid for this web service.`);
        return offers;
      }
    }
  }

  /** The tags of whatever has this ARN. */
  tagsOf(arn: string): Tags {
    const { instances, clusters, snapshots, clusterSnapshots } = this.#house;
    const found = [instances, clusters, snapshots, clusterSnapshots].flatMap((all) => [...all.values()]).find((one) => one.arn === arn);
    if (found !== undefined) return found.tags;
    const kind = arn.split(':')[5];
    const codes: Readonly<Record<string, string>> = {
      snapshot: 'DBSnapshotNotFound',
      cluster: 'DBClusterNotFoundFault',
      'cluster-snapshot': 'DBClusterSnapshotNotFoundFault',
    };
    throw new AwsError(codes[kind ?? ''] ?? 'DBInstanceNotFound', `${arn} not found.`, 404);
  }

  async #production({ major, master, password, databaseName }: Production & { readonly databaseName?: string }): Promise<BackingServer> {
    const server = await BackingServer.start(this.#house.folder(), major, { user: master, password });
    if (databaseName !== undefined && databaseName !== 'postgres') await server.makeDatabase(databaseName, master);
    return server;
  }

  /** What production stands in is there. */
  #know({ subnetGroup, securityGroups, parameterGroup }: Pick<Instance, 'subnetGroup' | 'securityGroups' | 'parameterGroup'>): void {
    const { circumstances } = this.#house;
    if (!circumstances.subnetGroups.has(subnetGroup)) circumstances.subnetGroups.set(subnetGroup, 'good');
    for (const id of securityGroups) circumstances.securityGroups.add(id);
    circumstances.parameterGroups.add(parameterGroup);
  }
}
