import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { provideAzure } from '../../src/cloud/azure/provide-azure.ts';
import { usualPatience } from '../../src/cloud/cloud-thing.ts';
import { removeCloudResource } from '../../src/cloud/remove-cloud-resource.ts';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import type { AzureWish } from '../../src/core/cloud.ts';
import type { Context } from '../../src/core/ports.ts';
import type { Resource } from '../../src/core/resource.ts';
import { type AzureProduction, startAzure } from '../support/azure-production.ts';
import { strikingAtCloud } from '../support/striking-at-cloud.ts';
import { withContext } from '../support/with-context.ts';

let cloud: AzureProduction;
beforeAll(async () => {
  cloud = await startAzure();
});
afterEach(() => {
  cloud.azure.calls.length = 0;
});
afterAll(() => cloud[Symbol.asyncDispose]());

const patience = { ...usualPatience, pollMs: 1 };

class Killed extends Error {}

/** A whole life, by a process that dies at one moment: from then on it writes no line and makes no call. Gives whether it got to its end. */
async function live(context: Context, wish: AzureWish, deadFrom: number): Promise<boolean> {
  const dying = strikingAtCloud(context, ({ at }) => {
    if (at >= deadFrom) throw new Killed();
  });
  try {
    const provided = await provideAzure(dying, wish);
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
  const { failures } = await collectGarbage(context, { dryRun: false, removers: { throwaway: remove } });
  expect(failures).toEqual([]);
}

test.each<readonly [string, Partial<AzureWish>, boolean]>([
  ['restores production', {}, false],
  ['restores production that is open to others', { allowFrom: ['203.0.113.5', '203.0.113.6'] }, true],
])('whoever %s may die at any moment: gc leaves nothing in Azure or in the ledger', async (_, wish, inheritsRules) => {
  cloud.production.firewallRules.set('office', { startIpAddress: '198.51.100.1', endIpAddress: '198.51.100.9' });
  cloud.azure.servers.circumstances.inheritsRules = inheritsRules;
  let moments = 0;
  for (let isDone = false; !isDone; moments++) {
    await withContext(async (context) => {
      isDone = await live(context, cloud.wish(wish), moments);
      await gc(context);
      expect(await context.ledger.list(), `killed at ${moments}`).toEqual([]);
    });
    expect(cloud.left(), `killed at ${moments}`).toEqual([]);
  }
  expect(moments).toBeGreaterThan(12);
});

test('a rerun after any death gets its throwaway, and with gc leaves nothing either', async () => {
  let moments = 0;
  let adopted = 0;
  for (let isDone = false; !isDone; moments++) {
    await withContext(async (context) => {
      isDone = await live(context, cloud.wish(), moments);
      cloud.azure.calls.length = 0;
      expect(await live(context, cloud.wish(), Number.POSITIVE_INFINITY)).toBe(true);
      if (!cloud.azure.calls.some(({ operation }) => operation === 'Servers_CreateOrUpdate')) adopted += 1;
      await gc(context);
      expect(await context.ledger.list(), `killed at ${moments}`).toEqual([]);
    });
    expect(cloud.left(), `killed at ${moments}`).toEqual([]);
  }
  expect(adopted).toBeGreaterThan(3);
});
