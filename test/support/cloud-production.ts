import { vi } from 'vitest';
import type { RdsWish } from '../../src/core/cloud.ts';
import { FakeAws } from './fake-aws/fake-aws.ts';
import type { BackingServer } from './fake-aws/rds/backing-server.ts';
import { type Instance, newLife, type Snapshot } from './fake-aws/rds/resources.ts';

/** A cloud with production in it, and with the snapshot of last night. */
export interface CloudProduction extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly production: Instance;
  readonly snapshot: Snapshot;
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
 * @param servers false: for tests of what is asked and answered, without a Postgres behind anything
 */
export async function startCloud({ servers = true } = {}): Promise<CloudProduction> {
  const aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const production = servers ? await aws.rds.addInstance({ ...usualProduction, password: 'of production' }) : unaskedProduction();
  aws.rds.instances.set(production.id, production);
  const noFault = () => {
    if (!servers) for (const instance of aws.rds.instances.values()) if (instance !== production) instance.server ??= unasked;
    return undefined;
  };
  aws.fault = noFault;
  const snapshot = await aws.rds.addSnapshot(production, 'rds:production-last-night', { createdAt: new Date(Date.now() - 8 * 3_600_000) });
  const usual = structuredClone({ ...aws.rds.circumstances });
  return {
    aws,
    production,
    snapshot,
    async reset() {
      const left = [...[...aws.rds.instances.keys()].filter((id) => id !== production.id), ...[...aws.rds.snapshots.values()].map(({ id }) => id)].filter(
        (id) => id.startsWith('pgrehearse-'),
      );
      for (const [id, instance] of aws.rds.instances) {
        if (id === production.id) continue;
        await instance.server?.remove();
        aws.rds.instances.delete(id);
      }
      for (const [arn, { id }] of aws.rds.snapshots) if (id !== snapshot.id) aws.rds.snapshots.delete(arn);
      aws.rds.snapshots.set(snapshot.arn, snapshot);
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
    deleteAfterHours: 24,
    pollMs: 1,
    waitMs: 600_000,
    ...given,
    snapshot: { freshnessHours: 24, fresh: false, take: true, keep: false, ...given.snapshot },
  };
}
