import { XmlList, type XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import { describeCluster, describeClusterSnapshot } from './describe.ts';
import { type House, isOwn, ordered } from './house.ts';
import { newName, type Params, readPassword, readTags, text } from './params.ts';
import { type Cluster, type ClusterSnapshot, newLife } from './resources.ts';

type Answer = { readonly [name: string]: XmlValue };

/** The calls about Aurora's clusters and their snapshots. */
export class ClusterCalls {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  async describe(call: Call, params: Params): Promise<Answer> {
    const id = params.DBClusterIdentifier === undefined ? undefined : text(params.DBClusterIdentifier);
    if (id !== undefined) this.#house.cluster(call, id);
    const all = [...this.#house.clusters.values()].filter((one) => isOwn(one, call) && (id === undefined || one.id === id.toLowerCase() || one.arn === id));
    const { page, marker } = this.#house.page(all, params);
    const told: XmlValue[] = [];
    for (const cluster of page) told.push(this.#tell(cluster, await cluster.life.look()));
    return { DBClusters: new XmlList('DBCluster', told), Marker: marker };
  }

  /** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.html. */
  async restoreToPointInTime(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const id = this.#newCluster(call, params);
    const source = house.cluster(call, text(params.SourceDBClusterIdentifier));
    const isClone = params.RestoreType === 'copy-on-write';
    if (params.RestoreType !== undefined && !isClone && params.RestoreType !== 'full-copy') {
      throw new AwsError('InvalidParameterValue', `Invalid restore type: ${text(params.RestoreType)}`);
    }
    const latest = params.UseLatestRestorableTime === 'true';
    if (latest === (params.RestoreToTime !== undefined)) {
      throw new AwsError('InvalidParameterCombination', 'Either UseLatestRestorableTime or RestoreToTime must be specified, not both.');
    }
    if (isClone && !latest) throw new AwsError('InvalidParameterCombination', 'RestoreToTime can not be specified for a copy-on-write restore.');
    if (source.life.status !== 'available') throw notAvailable(source);
    if (isClone && house.membersOf(source).length === 0) {
      throw new AwsError('InvalidDBClusterStateFault', `DB Cluster ${source.id} must have at least one DB instance to be cloned.`);
    }
    const { kmsKeyId } = keyOf(params, source);
    house.mayUse(source.kmsKeyId);
    house.mayUse(kmsKeyId);
    const clones = [...house.clusters.values()].filter(({ cloneGroup, origin }) => cloneGroup === source.cloneGroup && origin === 'copy-on-write').length;
    const origin = isClone && clones < house.circumstances.cloneLimit ? 'copy-on-write' : 'full-copy';
    const data = await source.server?.freeze(house.folder());
    // Another call may have come with the same name meanwhile.
    this.#newCluster(call, params);
    return await this.#come(call, params, {
      id,
      of: { ...source, ...keyOf(params, source) },
      origin,
      cloneGroup: isClone ? source.cloneGroup : `group-${id}`,
      ...(data === undefined ? {} : { data }),
    });
  }

  async restoreFromSnapshot(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const id = this.#newCluster(call, params);
    if (params.Engine !== 'aurora-postgresql') throw new AwsError('InvalidParameterCombination', 'The engine is not the one of the snapshot.');
    const snapshot = this.#snapshot(call, text(params.SnapshotIdentifier));
    if (snapshot.life.status !== 'available') throw new AwsError('InvalidDBClusterSnapshotStateFault', `Snapshot ${snapshot.id} is not available.`);
    const key = keyOf(params, snapshot.of);
    house.mayUse(snapshot.of.kmsKeyId);
    house.mayUse(key.kmsKeyId);
    return await this.#come(call, params, {
      id,
      of: { ...snapshot.of, ...key },
      origin: 'full-copy',
      cloneGroup: `group-${id}`,
      ...(snapshot.data === undefined ? {} : { data: snapshot.data }),
    });
  }

  async modify(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const cluster = house.cluster(call, text(params.DBClusterIdentifier));
    if (cluster.life.status !== 'available') throw notAvailable(cluster);
    const password = readPassword(params.MasterUserPassword);
    if (params.DeletionProtection !== undefined) cluster.deletionProtection = params.DeletionProtection === 'true';
    if (params.BackupRetentionPeriod !== undefined) {
      // Aurora's backups can't be turned off.
      const days = Number(params.BackupRetentionPeriod);
      if (days < 1 || days > 35)
        throw new AwsError('InvalidParameterValue', `Invalid backup retention period: ${days}. Retention period must be between 1 and 35`);
      cluster.backupRetentionDays = days;
    }
    const settle = async () => {
      if (password !== undefined) await cluster.server?.setPassword(cluster.master, password);
    };
    const status = password === undefined ? 'modifying' : 'resetting-master-credentials';
    await cluster.life.go([{ status: 'available', polls: 1 }, house.stage(status), { status: 'available', polls: 1, enter: settle }], 'available');
    return { DBCluster: this.#tell(cluster, 'available') };
  }

  async delete(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const cluster = house.cluster(call, text(params.DBClusterIdentifier));
    const { status } = cluster.life;
    if (status === 'deleting') throw new AwsError('InvalidDBClusterStateFault', `DB Cluster ${cluster.id} is already being deleted.`);
    if (house.membersOf(cluster).some(({ life }) => life.status !== 'deleting')) {
      throw new AwsError('InvalidDBClusterStateFault', 'Cluster cannot be deleted, it still contains DB instances in non-deleting state.');
    }
    if (['creating', 'modifying', 'resetting-master-credentials', 'backing-up'].includes(status)) throw notAvailable(cluster);
    if (cluster.deletionProtection) {
      throw new AwsError('InvalidParameterCombination', 'Cannot delete protected Cluster, please disable deletion protection and try again.');
    }
    if (params.SkipFinalSnapshot !== 'true' && params.FinalDBSnapshotIdentifier === undefined) {
      throw new AwsError('InvalidParameterCombination', 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.');
    }
    const gone = async () => {
      house.clusters.delete(cluster.id);
      await cluster.server?.remove();
      house.release(cluster);
    };
    await cluster.life.go([house.stage('deleting'), { status: 'deleted', polls: 1, enter: gone }], 'deleted');
    return { DBCluster: this.#tell(cluster, 'deleting') };
  }

  async describeSnapshots(call: Call, params: Params): Promise<Answer> {
    const { DBClusterSnapshotIdentifier: id, DBClusterIdentifier: of, SnapshotType: type } = params;
    const all = [...this.#house.clusterSnapshots.values()].filter((one) => {
      const foreign = one.type === 'shared' || one.type === 'public';
      const told = foreign
        ? one.region === call.region &&
          (type === one.type || (type === undefined && (params[one.type === 'shared' ? 'IncludeShared' : 'IncludePublic'] === 'true' || id === one.arn)))
        : isOwn(one, call) && (one.type !== 'awsbackup' || type === 'awsbackup' || id !== undefined);
      const named = id === undefined || one.arn === id || (!foreign && one.id === id);
      return told && named && (of === undefined || one.clusterId === of) && (type === undefined || one.type === type);
    });
    if (id !== undefined && all.length === 0) throw new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${text(id)} not found.`, 404);
    const { page, marker } = this.#house.page(all, params);
    const told: XmlValue[] = [];
    for (const snapshot of page) told.push(describeClusterSnapshot(snapshot, await snapshot.life.look(), snapshot.life.left));
    return { DBClusterSnapshots: new XmlList('DBClusterSnapshot', told), Marker: marker };
  }

  async createSnapshot(call: Call, params: Params): Promise<Answer> {
    const house = this.#house;
    const cluster = house.cluster(call, text(params.DBClusterIdentifier));
    const id = newName('DBClusterSnapshotIdentifier', params.DBClusterSnapshotIdentifier);
    if (cluster.life.status !== 'available') throw notAvailable(cluster);
    this.#isNewSnapshot(call, id);
    const snapshot = clusterSnapshotOf(cluster, id, { type: 'manual', tags: readTags(params.Tags) });
    if (cluster.server !== undefined) snapshot.data = await cluster.server.freeze(house.folder());
    this.#isNewSnapshot(call, id);
    house.clusterSnapshots.set(snapshot.arn, snapshot);
    await snapshot.life.go([house.stage('creating')], 'available');
    return { DBClusterSnapshot: describeClusterSnapshot(snapshot, 'creating') };
  }

  deleteSnapshot(call: Call, params: Params): Answer {
    const id = text(params.DBClusterSnapshotIdentifier);
    const snapshot = [...this.#house.clusterSnapshots.values()].find((one) => isOwn(one, call) && (one.id === id || one.arn === id));
    if (snapshot === undefined) throw new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${id} not found.`, 404);
    if (snapshot.life.status !== 'available' || snapshot.type !== 'manual') {
      throw new AwsError('InvalidDBClusterSnapshotStateFault', `DBClusterSnapshot ${id} can't be deleted in its state.`);
    }
    this.#house.clusterSnapshots.delete(snapshot.arn);
    this.#house.release(snapshot);
    return { DBClusterSnapshot: describeClusterSnapshot(snapshot, 'deleted') };
  }

  #isNewSnapshot(call: Call, id: string): void {
    const own = [...this.#house.clusterSnapshots.values()].filter((one) => isOwn(one, call) && one.type === 'manual');
    if (own.some((one) => one.id === id)) {
      throw new AwsError('DBClusterSnapshotAlreadyExistsFault', `Cannot create the cluster snapshot because one with the identifier ${id} already exists.`);
    }
    if (own.length >= this.#house.circumstances.snapshotQuota) throw ordered('SnapshotQuotaExceeded');
  }

  #newCluster(call: Call, params: Params): string {
    const id = newName('DBClusterIdentifier', params.DBClusterIdentifier);
    if (this.#house.clusters.has(id)) throw new AwsError('DBClusterAlreadyExistsFault', 'DB Cluster already exists');
    if ([...this.#house.clusters.values()].filter((one) => isOwn(one, call)).length >= this.#house.circumstances.clusterQuota) {
      throw ordered('DBClusterQuotaExceededFault');
    }
    return id;
  }

  #snapshot(call: Call, id: string): ClusterSnapshot {
    const found = [...this.#house.clusterSnapshots.values()].find((one) => {
      const foreign = one.type === 'shared' || one.type === 'public';
      return one.region === call.region && (one.arn === id || (!foreign && isOwn(one, call) && one.id === id));
    });
    if (found === undefined) throw new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${id} not found.`, 404);
    return found;
  }

  async #come(
    call: Call,
    params: Params,
    given: { readonly id: string; readonly of: ClusterSnapshot['of'] } & Pick<Cluster, 'origin' | 'cloneGroup' | 'data'>,
  ): Promise<Answer> {
    const house = this.#house;
    const { id, of, origin, cloneGroup, data } = given;
    const cluster: Cluster = {
      id,
      arn: `arn:aws:rds:${call.region}:${call.identity.account}:cluster:${id}`,
      region: call.region,
      account: call.identity.account,
      engineVersion: of.engineVersion,
      major: of.major,
      master: of.master,
      databaseName: of.databaseName,
      encrypted: of.encrypted,
      ...(of.kmsKeyId === undefined ? {} : { kmsKeyId: of.kmsKeyId }),
      ...house.network(params),
      parameterGroup: house.parameterGroup(params.DBClusterParameterGroupName, `default.aurora-postgresql${of.major}`),
      deletionProtection: params.DeletionProtection === 'true',
      backupRetentionDays: Number(params.BackupRetentionPeriod ?? 1),
      createdAt: new Date(),
      tags: readTags(params.Tags),
      life: newLife(),
      origin,
      cloneGroup,
      ...(data === undefined ? {} : { data }),
    };
    house.clusters.set(id, cluster);
    const { restoredAs } = house.circumstances;
    await cluster.life.go([house.stage('creating')], restoredAs);
    return { DBCluster: this.#tell(cluster, 'creating') };
  }

  #tell(cluster: Cluster, status: string): Answer {
    return describeCluster(cluster, this.#house.membersOf(cluster), status, this.#house.circumstances.endpoints);
  }
}

export function clusterSnapshotOf(cluster: Cluster, id: string, given: Partial<ClusterSnapshot>): ClusterSnapshot {
  const { region, account } = cluster;
  return {
    id,
    arn: `arn:aws:rds:${given.region ?? region}:${given.account ?? account}:cluster-snapshot:${id}`,
    region,
    account,
    type: 'automated',
    clusterId: cluster.id,
    of: {
      master: cluster.master,
      engineVersion: cluster.engineVersion,
      major: cluster.major,
      databaseName: cluster.databaseName,
      encrypted: cluster.encrypted,
      ...(cluster.kmsKeyId === undefined ? {} : { kmsKeyId: cluster.kmsKeyId }),
    },
    createdAt: new Date(),
    tags: new Map(),
    life: newLife(),
    ...given,
  };
}

/** Unlike an instance's, a cluster's restore may bring another key. */
function keyOf(params: Params, of: Pick<Cluster, 'encrypted' | 'kmsKeyId'>): Pick<Cluster, 'encrypted' | 'kmsKeyId'> {
  const kmsKeyId = params.KmsKeyId === undefined ? of.kmsKeyId : text(params.KmsKeyId);
  return { encrypted: of.encrypted || kmsKeyId !== undefined, ...(kmsKeyId === undefined ? {} : { kmsKeyId }) };
}

function notAvailable({ id, life }: Cluster): AwsError {
  return new AwsError('InvalidDBClusterStateFault', `DB Cluster ${id} is not in available state, it is ${life.status}.`);
}
