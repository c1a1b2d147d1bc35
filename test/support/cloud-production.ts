import { vi } from 'vitest';
import type { AuroraWish, RdsWish } from '../../src/core/cloud.ts';
import { FakeAws } from './fake-aws/fake-aws.ts';
import type { BackingServer } from './fake-aws/rds/backing-server.ts';
import { type Cluster, type Instance, newLife, type Snapshot } from './fake-aws/rds/resources.ts';

/** A cloud with production in it, and with the snapshot of last night. */
export interface CloudProduction extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly production: Instance;
  readonly snapshot: Snapshot;
  /** Production on Aurora, where it was asked for: the cluster `shop` with the instance `shop-1`. */
  readonly cluster: Cluster;
  /** Whatever a test has changed is as it was; what it has left in the cloud is an error. */
  reset(): Promise<void>;
}

const usualProduction = {
  id: 'production',
  account: FakeAws.account,
  region: FakeAws.region,
  major: 15,
  master: 'owner',
} as const;

/** Instances of which only the cloud's own words are looked at: nobody logs in, so that no server has to start. */
const unasked = { port: 5432, setPassword: async () => {}, stop: async () => {}, remove: async () => {} } as unknown as BackingServer;

function unaskedCluster(): readonly [Cluster, Instance] {
  const { account, region, major, master, engineVersion, databaseName, encrypted, subnetGroup, securityGroups, createdAt } = unaskedProduction();
  const alike = { account, region, major, master, engineVersion, databaseName, encrypted, subnetGroup, securityGroups, createdAt };
  const cluster: Cluster = {
    ...alike,
    id: 'shop',
    arn: `arn:aws:rds:${region}:${account}:cluster:shop`,
    parameterGroup: 'shop-cluster-pg',
    deletionProtection: true,
    backupRetentionDays: 7,
    tags: new Map(),
    life: newLife(),
    cloneGroup: 'group-shop',
    origin: 'made',
  };
  const { arn } = unaskedProduction();
  const writer: Instance = {
    ...unaskedProduction(),
    id: 'shop-1',
    arn: arn.replace('production', 'shop-1'),
    clusterId: 'shop',
    engine: 'aurora-postgresql',
    instanceClass: 'db.r6g.large',
    storageType: 'aurora',
    parameterGroup: 'shop-pg',
  };
  return [cluster, writer];
}

function unaskedProduction(): Instance {
  return {
    ...usualProduction,
    arn: `arn:aws:rds:${FakeAws.region}:${FakeAws.account}:db:production`,
    engine: 'postgres',
    engineVersion: '15.18',
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
  };
}

/**
 * Begins a cloud for the tests of one file, which find it through the environment.
 *
 * @param aurora true: there is production on Aurora as well
 * @param servers false: for tests of what is asked and answered, without a Postgres behind anything
 */
export async function startCloud({ servers = true, aurora = false } = {}): Promise<CloudProduction> {
  const aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const production = servers ? await aws.rds.addInstance({ ...usualProduction, password: 'of production' }) : unaskedProduction();
  aws.rds.instances.set(production.id, production);
  const [cluster, writer] = unaskedCluster();
  const addAurora = () => {
    aws.rds.clusters.set(cluster.id, cluster);
    aws.rds.instances.set(writer.id, writer);
  };
  if (aurora) addAurora();
  for (const group of [cluster.parameterGroup, writer.parameterGroup]) aws.rds.circumstances.parameterGroups.add(group);
  const ours = (id: string) => id.startsWith('pgrehearse-');
  const atFirst = new Set([production.id, writer.id]);
  const noFault = () => {
    if (!servers) for (const instance of aws.rds.instances.values()) if (!atFirst.has(instance.id)) instance.server ??= unasked;
    return undefined;
  };
  aws.fault = noFault;
  const snapshot = await aws.rds.addSnapshot(production, 'rds:production-last-night', { createdAt: new Date(Date.now() - 8 * 3_600_000) });
  const usual = structuredClone({ ...aws.rds.circumstances });
  return {
    aws,
    production,
    snapshot,
    cluster,
    async reset() {
      const { instances, snapshots, clusters, clusterSnapshots } = aws.rds;
      const left = [instances, snapshots, clusters, clusterSnapshots].flatMap((all) => [...all.values()].map(({ id }) => id)).filter(ours);
      for (const [id, instance] of aws.rds.instances) {
        if (atFirst.has(id)) continue;
        await instance.server?.remove();
        aws.rds.instances.delete(id);
      }
      for (const [arn, { id }] of aws.rds.snapshots) if (id !== snapshot.id) aws.rds.snapshots.delete(arn);
      aws.rds.snapshots.set(snapshot.arn, snapshot);
      for (const id of clusters.keys()) if (id !== cluster.id) clusters.delete(id);
      clusterSnapshots.clear();
      if (aurora) addAurora();
      Object.assign(aws.rds.circumstances, structuredClone(usual), { stuckIn: undefined });
      Object.assign(production, { multiAz: true });
      aws.calls.length = 0;
      aws.fault = noFault;
      const [identity] = aws.identities;
      if (identity !== undefined) delete identity.policy;
      if (left.length > 0) throw new Error(`left in the cloud: ${left.join(', ')}`);
    },
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await aws[Symbol.asyncDispose]();
    },
  };
}

/** What a test wishes for unless it says otherwise: production, restored quickly. */
export function cloudWish(given: Partial<Omit<RdsWish, 'snapshot'>> & { readonly snapshot?: Partial<RdsWish['snapshot']> } = {}): RdsWish {
  return {
    kind: 'rds',
    access: { region: FakeAws.region },
    account: FakeAws.account,
    instance: 'production',
    classes: ['db.t4g.small'],
    prices: {},
    deleteAfterHours: 24,
    pollMs: 1,
    waitMs: 600_000,
    ...given,
    snapshot: { freshnessHours: 24, fresh: false, take: true, keep: false, ...given.snapshot },
  };
}

/** The same of Aurora: a clone by copy-on-write, unless a snapshot is wished for. */
export function auroraWish(
  given: Partial<Omit<AuroraWish, 'snapshot'>> & { readonly snapshot?: Partial<NonNullable<AuroraWish['snapshot']>> } = {},
): AuroraWish {
  const { snapshot, ...rest } = given;
  return {
    kind: 'aurora',
    access: { region: FakeAws.region },
    account: FakeAws.account,
    cluster: 'shop',
    freshnessHours: 24,
    fresh: false,
    classes: ['db.t4g.medium'],
    prices: {},
    deleteAfterHours: 24,
    pollMs: 1,
    waitMs: 600_000,
    ...rest,
    ...(snapshot === undefined ? {} : { snapshot: { take: true, keep: false, ...snapshot } }),
  };
}
