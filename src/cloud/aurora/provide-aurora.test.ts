import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { liveAurora } from '../../../test/support/aurora-life.ts';
import { auroraWish, type CloudProduction, startCloud } from '../../../test/support/cloud-production.ts';
import { strikingAtCloud } from '../../../test/support/striking-at-cloud.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { findStrays, removeStray } from '../find-strays.ts';
import { iamPolicy } from '../iam-policy.ts';
import { listThrowaways } from '../list-throwaways.ts';
import { removeCloudResource } from '../remove-cloud-resource.ts';
import { planAurora } from './plan-aurora.ts';
import { provideAurora } from './provide-aurora.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false, aurora: true });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

/** What was changed: a name that is taken already is refused, and the next one is tried. */
const actions = () => cloud.aws.changes.filter(({ error }) => error === undefined).map(({ action }) => action);
const clone = ['RestoreDBClusterToPointInTime', 'CreateDBInstance', 'ModifyDBCluster'];
const deletion = ['DeleteDBInstance', 'DeleteDBCluster'];

/** Fails with this code, and leaves nothing. */
async function failing(context: Context, wish: AuroraWish) {
  const provided = await provideAurora(context, wish);
  if (provided.ok) throw new Error('it was provided');
  expect(await context.ledger.list()).toEqual([]);
  return provided.failure;
}

test('production is cloned by copy-on-write, in its network and with its parameters, and gone in the end', async () => {
  await withContext(async (context) => {
    const before = context.now().toISOString();
    const throwaway = unwrap(await provideAurora(context, auroraWish()));
    const cluster = cloud.aws.rds.clusters.get(throwaway.identifier);
    expect(cluster).toMatchObject({ origin: 'copy-on-write', subnetGroup: 'production', securityGroups: ['sg-1', 'sg-2'], parameterGroup: 'shop-cluster-pg' });
    const [member] = [...cloud.aws.rds.instances.values()].filter(({ clusterId }) => clusterId === throwaway.identifier);
    expect(member).toMatchObject({ instanceClass: 'db.t4g.medium', parameterGroup: 'shop-pg', publiclyAccessible: false });
    expect(throwaway).toMatchObject({ kind: 'aurora', user: 'owner', database: 'postgres', restoredFrom: 'clone of shop' });
    expect(throwaway.endpoint.host).toContain(member?.id);
    expect(throwaway.dataAsOf >= before).toBe(true);
    const lines = await context.ledger.list();
    expect(lines.map(({ facts }) => facts.thing).toSorted()).toEqual(['aurora-cluster', 'aurora-instance']);
    unwrap(await throwaway.remove());
  });
  expect(actions()).toEqual([...clone, ...deletion]);
});

test('the writer’s class is taken where none is configured, and the next one where one can’t be had', async () => {
  await withContext(async (context) => {
    const throwaway = unwrap(await provideAurora(context, auroraWish({ classes: [] })));
    const classOf = (id: string) => [...cloud.aws.rds.instances.values()].find(({ clusterId }) => clusterId === id)?.instanceClass;
    expect(classOf(throwaway.identifier)).toBe('db.r6g.large');
    unwrap(await throwaway.remove());
    cloud.aws.rds.circumstances.noCapacity.add('db.t4g.medium');
    const other = unwrap(await provideAurora(context, auroraWish({ classes: ['db.t4g.medium', 'db.t4g.large'] })));
    expect(classOf(other.identifier)).toBe('db.t4g.large');
    unwrap(await other.remove());
    const failed = await failing(context, auroraWish());
    expect(failed).toMatchObject({ code: 'cloud-quota', message: expect.stringContaining('db.t4g.medium') });
    cloud.aws.rds.circumstances.noCapacity.clear();
  });
});

test('what an instance costs is planned for each class, and told of the instance alone while it is there', async () => {
  await withContext(async (context) => {
    const wish = auroraWish({ classes: ['db.r6g.large', 'db.t4g.large'], prices: { 'db.t4g.large': 9 } });
    expect(unwrap(await planAurora(context, wish))).toMatchObject({
      region: 'eu-central-1',
      prices: [
        { instanceClass: 'db.r6g.large', costPerHour: 0.26, priceFrom: 'list', priceRegion: 'us-east-1' },
        { instanceClass: 'db.t4g.large', costPerHour: 9, priceFrom: 'settings' },
      ],
    });
    cloud.aws.rds.circumstances.noCapacity.add('db.r6g.large');
    const throwaway = unwrap(await provideAurora(context, wish));
    cloud.aws.rds.circumstances.noCapacity.clear();
    // Nothing that this command was told of prices: what was written down is what is known.
    const { throwaways } = await listThrowaways(context, []);
    expect(throwaways.map(({ cloud, instanceClass, costPerHour }) => [cloud, instanceClass, costPerHour]).toSorted()).toEqual(
      [
        ['aurora', undefined, undefined],
        ['aurora', 'db.t4g.large', 9],
      ].toSorted(),
    );
    unwrap(await throwaway.remove());
  });
});

test('the newest cluster snapshot is restored where one is young enough; else one is taken and deleted afterwards', async () => {
  await cloud.aws.rds.addClusterSnapshot(cloud.cluster, 'rds:shop-last-night', { createdAt: new Date(Date.now() - 8 * 3_600_000) });
  await withContext(async (context) => {
    const found = unwrap(await provideAurora(context, auroraWish({ snapshot: {} })));
    expect(found.restoredFrom).toBe('cluster snapshot rds:shop-last-night');
    unwrap(await found.remove());
    expect(actions()).toEqual(['RestoreDBClusterFromSnapshot', 'CreateDBInstance', 'ModifyDBCluster', ...deletion]);
    cloud.aws.calls.length = 0;
    unwrap(await unwrap(await provideAurora(context, auroraWish({ freshnessHours: 2, snapshot: {} }))).remove());
    expect(actions().filter((action) => action.includes('ClusterSnapshot'))).toEqual(['CreateDBClusterSnapshot', 'DeleteDBClusterSnapshot']);
    const refused = await failing(context, auroraWish({ freshnessHours: 2, snapshot: { take: false } }));
    expect(refused.code).toBe('snapshot-missing');
    const missing = await failing(context, auroraWish({ snapshot: { identifier: 'nothing' } }));
    expect(missing.code).toBe('cloud-not-found');
  });
});

test('a foreign encrypted snapshot is explained, as is a cluster that isn’t there, has no instance, or isn’t Aurora', async () => {
  const given = { account: '999900001111', type: 'shared', of: { ...cloud.cluster, encrypted: true, kmsKeyId: 'their-key' } } as const;
  const shared = await cloud.aws.rds.addClusterSnapshot(cloud.cluster, 'theirs', given);
  await withContext(async (context) => {
    const key = await failing(context, auroraWish({ subnetGroup: 'production', snapshot: { identifier: shared.arn } }));
    expect(key).toMatchObject({ code: 'cloud-key', cure: expect.stringContaining('copy-db-cluster-snapshot') });
    const gone = await failing(context, auroraWish({ snapshot: { kmsKey: 'gone' } }));
    expect(gone).toMatchObject({ code: 'cloud-key', message: expect.stringContaining('does not exist') });
    const misspelt = await failing(context, auroraWish({ cluster: 'shoop' }));
    expect(misspelt).toMatchObject({ code: 'cloud-not-found', cure: expect.stringContaining('Did you mean shop?') });
    cloud.aws.rds.instances.delete('shop-1');
    expect(await failing(context, auroraWish())).toMatchObject({ code: 'cloud-refused', message: expect.stringContaining('at least one') });
  });
  expect(actions()).toEqual([]);
});

test.each(['inaccessible-encryption-credentials', 'insufficient-capacity', 'stopped'] as const)(
  'an end as %s is a failure, and nothing stays',
  async (restoredAs) => {
    cloud.aws.rds.circumstances.restoredAs = restoredAs;
    await withContext(async (context) => {
      const { message } = await failing(context, auroraWish());
      expect(message).toContain(restoredAs);
    });
    expect([...cloud.aws.rds.clusters.keys()]).toEqual(['shop']);
  },
);

test('the sixteenth clone of a lineage is warned of, as a full copy', async () => {
  cloud.aws.rds.circumstances.cloneLimit = 15;
  for (let at = 0; at < 15; at++) cloud.aws.rds.clusters.set(`c-${at}`, { ...cloud.cluster, id: `c-${at}`, origin: 'copy-on-write' });
  await withContext(async (context) => {
    const plan = unwrap(await planAurora(context, auroraWish()));
    expect(plan.warnings).toEqual([expect.stringContaining('15 copy-on-write clones')]);
    const throwaway = unwrap(await provideAurora(context, auroraWish()));
    expect(cloud.aws.rds.clusters.get(throwaway.identifier)?.origin).toBe('full-copy');
    expect(JSON.stringify(context.events)).toContain('becomes a full copy');
    unwrap(await throwaway.remove());
  });
});

test('a plan tells its steps, and changes nothing', async () => {
  await withContext(async (context) => {
    const { steps, warnings } = unwrap(await planAurora(context, auroraWish()));
    expect(steps[0]).toMatch(/^Clone shop by copy-on-write as the cluster pgrehearse-shop-\d{14} in the subnet group production .*shop-cluster-pg/);
    expect(steps[1]).toContain('one instance of db.t4g.medium in it with the parameter group shop-pg');
    expect(warnings).toEqual([]);
    const { steps: taking } = unwrap(await planAurora(context, auroraWish({ snapshot: {} })));
    expect(taking[0]).toBe('Take a snapshot of shop, since there is none.');
  });
  expect(actions()).toEqual([]);
});

class Killed extends Error {}

/** What a process leaves that is killed right after a call. */
async function killedAfter(context: Context, call: string, wish: AuroraWish): Promise<readonly Resource[]> {
  let isDead = false;
  const dying = strikingAtCloud(context, ({ what, when }) => {
    isDead ||= what === `call rds:${call}` && when === 'after';
    if (isDead) throw new Killed();
  });
  await expect(provideAurora(dying, wish)).rejects.toThrow(Killed);
  // The largest number of a process on Linux is less.
  for (const { id, owner } of await context.ledger.list()) await context.ledger.amend(id, { owner: { ...owner, pid: 99_999_999 } });
  cloud.aws.calls.length = 0;
  return await context.ledger.list();
}

test('a rerun goes on with the clone and the instance that a killed one left', async () => {
  await withContext(async (context) => {
    await killedAfter(context, 'CreateDBInstance', auroraWish());
    unwrap(await unwrap(await provideAurora(context, auroraWish())).remove());
  });
  expect(actions()).toEqual(['ModifyDBCluster', ...deletion]);
});

test.each([
  ['that is too old', { freshnessHours: 0 }],
  ['where a fresh one is wanted', { fresh: true }],
  ['that was set otherwise', { clusterParameterGroup: 'default.aurora-postgresql15' }],
])('a clone %s is not gone on with, and stays for gc', async (_, change) => {
  await withContext(async (context) => {
    const left = await killedAfter(context, 'CreateDBInstance', auroraWish());
    unwrap(await unwrap(await provideAurora(context, auroraWish(change))).remove());
    expect(actions()).toEqual([...clone, ...deletion]);
    // Asked for the cluster alone, its instance goes with it, and before it.
    const cluster = left.find(({ facts }) => facts.thing === 'aurora-cluster');
    if (cluster === undefined) throw new Error('no cluster was left');
    unwrap(await removeCloudResource(context, cluster, { pollMs: 1, waitMs: 60_000 }));
    expect(await context.ledger.list()).toEqual([]);
  });
});

test('an instance of somebody else in our cluster keeps it, and is told', async () => {
  await withContext(async (context) => {
    const throwaway = unwrap(await provideAurora(context, auroraWish()));
    const [member] = [...cloud.aws.rds.instances.values()].filter(({ clusterId }) => clusterId === throwaway.identifier);
    if (member === undefined) throw new Error('there is no instance');
    cloud.aws.rds.instances.set('theirs', { ...member, id: 'theirs', arn: `${member.arn}-theirs`, tags: new Map() });
    const removed = await throwaway.remove();
    expect(removed).toMatchObject({ ok: false, failure: { code: 'throwaway-left', message: expect.stringContaining('the instance theirs is still in it') } });
    expect(cloud.aws.rds.instances.has('theirs')).toBe(true);
    cloud.aws.rds.instances.delete('theirs');
    for (const line of await context.ledger.list()) unwrap(await removeCloudResource(context, line, { pollMs: 1, waitMs: 60_000 }));
  });
});

test('what no ledger knows is found by its tags, and removed in an order in which it can be', async () => {
  const place = { access: { region: cloud.cluster.region }, account: cloud.cluster.account, aurora: true } as const;
  await withContext(async (context) => {
    for (const { id } of await killedAfter(context, 'ModifyDBCluster', auroraWish())) await context.ledger.forget(id);
    expect((await findStrays(context, [{ access: place.access, account: place.account }])).strays).toEqual([]);
    const { strays } = await findStrays(context, [place]);
    expect(strays.map(({ thing }) => thing)).toEqual(['aurora-instance', 'aurora-cluster']);
    for (const stray of strays) unwrap(await removeStray(context, stray, { pollMs: 1, waitMs: 60_000 }));
  });
});

test('its policy permits all of it, and names no call that isn’t made', async () => {
  const [identity] = cloud.aws.identities;
  const policy = iamPolicy({ account: cloud.cluster.account, region: cloud.cluster.region, cluster: 'shop' });
  if (identity !== undefined) identity.policy = policy;
  await withContext(async (context) => {
    const place = { subnetGroup: 'production', parameterGroup: 'shop-pg', clusterParameterGroup: 'shop-cluster-pg' };
    for (const wish of [auroraWish(place), auroraWish({ ...place, fresh: true, snapshot: {} })]) expect(await liveAurora(cloud, context, wish)).toBe(true);
  });
  const named = [...new Set(policy.Statement.flatMap(({ Action }) => Action))].filter((action) => /^rds:(?!AddTags)/.test(action));
  const seen = [...new Set(cloud.aws.calls.map(({ service, action }) => `${service}:${action}`))];
  expect(seen.filter((action) => action.startsWith('rds:')).toSorted()).toEqual(named.toSorted());
});
