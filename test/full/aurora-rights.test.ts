import { afterAll, beforeAll, expect, test } from 'vitest';
import { iamPolicy } from '../../src/cloud/iam-policy.ts';
import { liveAurora } from '../support/aurora-life.ts';
import { auroraWish, type CloudProduction, startCloud } from '../support/cloud-production.ts';
import { withContext } from '../support/with-context.ts';

/** What is configured is looked for. */
const place = { subnetGroup: 'production', securityGroups: ['sg-1'], parameterGroup: 'shop-pg', clusterParameterGroup: 'shop-cluster-pg' };
let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false, aurora: true });
});
afterAll(() => cloud[Symbol.asyncDispose]());

test('without any one of its rights over Aurora the policy isn’t enough', async () => {
  const { account, region } = cloud.cluster;
  const { Statement } = iamPolicy({ account, region, cluster: 'shop' });
  const rights = Statement.flatMap(({ Sid, Action }) => Action.filter((action) => action.startsWith('rds:')).map((action) => [Sid, action] as const));
  for (const [sid, right] of rights) {
    const [identity] = cloud.aws.identities;
    const lessened = Statement.map((one) => (one.Sid === sid ? { ...one, Action: one.Action.filter((action) => action !== right) } : one));
    if (identity !== undefined) identity.policy = { Version: '2012-10-17', Statement: lessened };
    await withContext(async (context) => {
      const lives = [];
      for (const wish of [auroraWish(place), auroraWish({ ...place, fresh: true, snapshot: {} })]) lives.push(await liveAurora(cloud, context, wish));
      expect(lives, `${sid} without ${right}`).toContain(false);
      for (const { id } of await context.ledger.list()) await context.ledger.forget(id);
    });
    const { instances, clusters, clusterSnapshots } = cloud.aws.rds;
    for (const all of [instances, clusters]) for (const id of all.keys()) if (id.startsWith('pgrehearse-')) all.delete(id);
    clusterSnapshots.clear();
  }
  expect(rights.length).toBeGreaterThan(12);
});
