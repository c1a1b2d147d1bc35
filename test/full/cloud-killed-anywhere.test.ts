import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { provideAurora } from '../../src/cloud/aurora/provide-aurora.ts';
import { usualPatience } from '../../src/cloud/cloud-thing.ts';
import { provideThrowaway } from '../../src/cloud/rds/provide-throwaway.ts';
import { removeCloudResource } from '../../src/cloud/remove-cloud-resource.ts';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import type { AuroraWish, RdsWish } from '../../src/core/cloud.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Resource } from '../../src/core/resource.ts';
import { auroraWish, type CloudProduction, cloudWish, startCloud } from '../support/cloud-production.ts';
import { strikingAtCloud } from '../support/striking-at-cloud.ts';
import { withContext } from '../support/with-context.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false, aurora: true });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const patience = { ...usualPatience, pollMs: 1 };
const kmsKey = 'arn:aws:kms:eu-central-1:111122223333:key/ours';
const leftInCloud = () => {
  const { instances, snapshots, clusters, clusterSnapshots } = cloud.aws.rds;
  return [instances, snapshots, clusters, clusterSnapshots]
    .flatMap((all) => [...all.values()].map(({ id }) => id))
    .filter((id) => id.startsWith('pgrehearse-'));
};

class Killed extends Error {}

/** A whole life, by a process that dies at one moment: from then on it writes no line and makes no call. Gives whether it got to its end. */
async function live(context: Context, wish: RdsWish | AuroraWish, deadFrom: number): Promise<boolean> {
  const dying = strikingAtCloud(context, ({ at }) => {
    if (at >= deadFrom) throw new Killed();
  });
  try {
    const provided = wish.kind === 'rds' ? await provideThrowaway(dying, wish) : await provideAurora(dying, wish);
    const removed = provided.ok ? await provided.value.remove() : provided;
    if (!removed.ok) throw new Error(removed.failure.message);
    return true;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    // The largest number of a process on Linux is less.
    for (const { id, owner } of await context.ledger.list()) await context.ledger.amend(id, { owner: { ...owner, pid: 99_999_999 } });
    return false;
  }
}

async function gc(context: Context): Promise<void> {
  const remove = (within: Context, resource: Resource) => removeCloudResource(within, resource, patience);
  const { failures } = await collectGarbage(context, { dryRun: false, removers: { throwaway: remove, snapshot: remove } });
  expect(failures).toEqual([]);
}

test.each<readonly [string, RdsWish | AuroraWish]>([
  ['restores last night’s snapshot', cloudWish()],
  ['takes a snapshot and copies it with another key', cloudWish({ snapshot: { fresh: true, kmsKey } })],
  ['clones a cluster', auroraWish()],
  ['takes a snapshot of a cluster and restores it', auroraWish({ fresh: true, snapshot: {} })],
])('whoever %s may die at any moment: gc leaves nothing in the cloud or in the ledger', async (_, wish) => {
  let moments = 0;
  for (let isDone = false; !isDone; moments++) {
    await withContext(async (context) => {
      isDone = await live(context, wish, moments);
      await gc(context);
      expect(await context.ledger.list(), `killed at ${moments}`).toEqual([]);
    });
    expect(leftInCloud(), `killed at ${moments}`).toEqual([]);
  }
  expect(moments).toBeGreaterThan(12);
});

test.each<readonly [string, RdsWish | AuroraWish]>([
  ['on RDS', cloudWish({ snapshot: { freshnessHours: 1, kmsKey } })],
  ['on Aurora', auroraWish()],
  ['on Aurora, from a snapshot', auroraWish({ snapshot: {} })],
])('a rerun after any death gets its throwaway %s, and with gc leaves nothing either', async (_, wish) => {
  let moments = 0;
  let adopted = 0;
  for (let isDone = false; !isDone; moments++) {
    await withContext(async (context) => {
      isDone = await live(context, wish, moments);
      cloud.aws.calls.length = 0;
      expect(await live(context, wish, Number.POSITIVE_INFINITY)).toBe(true);
      if (!cloud.aws.calls.some(({ action }) => action.startsWith('RestoreDB'))) adopted += 1;
      await gc(context);
      expect(await context.ledger.list(), `killed at ${moments}`).toEqual([]);
    });
    expect(leftInCloud(), `killed at ${moments}`).toEqual([]);
  }
  expect(adopted).toBeGreaterThan(3);
});
