import { vi } from 'vitest';
import type { RdsWish } from '../../src/core/cloud.ts';
import { FakeAws } from './fake-aws/fake-aws.ts';
import type { Instance, Snapshot } from './fake-aws/rds/resources.ts';

/** A cloud with production in it, and with the snapshot of last night. */
export interface CloudProduction extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly production: Instance;
  readonly snapshot: Snapshot;
  /** Whatever a test has changed is as it was; what it has left in the cloud is an error. */
  reset(): Promise<void>;
}

/** Begins a cloud for the tests of one file, which find it through the environment. */
export async function startCloud(given: Partial<Instance> = {}): Promise<CloudProduction> {
  const aws = await FakeAws.start();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const production = await aws.rds.addInstance({
    id: 'production',
    account: FakeAws.account,
    region: FakeAws.region,
    major: 15,
    master: 'owner',
    password: 'of production',
    ...given,
  });
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
      Object.assign(production, { multiAz: true, ...given });
      aws.calls.length = 0;
      aws.fault = () => undefined;
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
    waitMs: 60_000,
    ...given,
    snapshot: { freshnessHours: 24, fresh: false, take: true, keep: false, ...given.snapshot },
  };
}
