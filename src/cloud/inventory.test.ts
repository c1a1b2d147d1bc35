import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../test/support/cloud-production.ts';
import { FakeAws } from '../../test/support/fake-aws/fake-aws.ts';
import { type Instance, newLife } from '../../test/support/fake-aws/rds/resources.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { Prices } from '../core/cloud.ts';
import { findStrays, removeStray } from './find-strays.ts';
import { listThrowaways } from './list-throwaways.ts';
import { planThrowaway } from './rds/plan-throwaway.ts';
import { provideThrowaway } from './rds/provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const places = [{ access: { region: FakeAws.region }, account: FakeAws.account }];
const patience = { pollMs: 1, waitMs: 60_000 };
const hours = (from: number) => new Date(Date.now() + from * 3_600_000).toISOString();

function addInstance(id: string, tags: Readonly<Record<string, string>>): Instance {
  const arn = cloud.production.arn.replace('production', id);
  const instance: Instance = { ...cloud.production, id, arn, deletionProtection: false, tags: new Map(Object.entries(tags)), life: newLife() };
  cloud.aws.rds.instances.set(id, instance);
  return instance;
}

test('another machine’s are told with whether their time is over, our own and strangers’ are not', async () => {
  await withContext(async (context) => {
    const own = unwrap(await provideThrowaway(context, cloudWish()));
    addInstance('pgrehearse-others-1', { 'pgrehearse:run': 'r1', 'pgrehearse:delete-after': hours(5) });
    addInstance('pgrehearse-others-2', { 'pgrehearse:run': 'r2', 'pgrehearse:delete-after': hours(-1) });
    addInstance('pgrehearse-without-tags', {});
    addInstance('tagged-like-ours', { 'pgrehearse:run': 'r3', 'pgrehearse:delete-after': hours(-1) });
    const kept = await cloud.aws.rds.addSnapshot(cloud.production, 'pgrehearse-kept', { type: 'manual', tags: new Map([['pgrehearse:run', 'r4']]) });
    const { strays, failures } = await findStrays(context, [...places, ...places]);
    expect(failures).toEqual([]);
    expect(strays.map(({ thing, identifier, isExpired }) => [thing, identifier, isExpired])).toEqual([
      ['rds-instance', 'pgrehearse-others-1', false],
      ['rds-instance', 'pgrehearse-others-2', true],
      ['rds-snapshot', 'pgrehearse-kept', false],
    ]);
    for (const stray of strays) expect(await removeStray(context, stray, patience)).toMatchObject({ ok: true });
    expect([...cloud.aws.rds.instances.keys()].toSorted()).toEqual([own.identifier, 'pgrehearse-without-tags', 'production', 'tagged-like-ours'].toSorted());
    expect(cloud.aws.rds.snapshots.has(kept.arn)).toBe(false);
    await own.remove();
    cloud.aws.rds.instances.delete('pgrehearse-without-tags');
    cloud.aws.rds.instances.delete('tagged-like-ours');
  });
});

test('where nobody can look is told, and counts as nothing known', async () => {
  await withContext(async (context) => {
    const { strays, failures } = await findStrays(context, [{ access: { region: FakeAws.region }, account: '999999999999' }]);
    expect([strays, failures]).toMatchObject([[], [{ code: 'cloud-wrong-account' }]]);
  });
});

test('all of ours is listed with its age and, where we know it, its price', async () => {
  await withContext(async (context) => {
    const own = unwrap(await provideThrowaway(context, cloudWish()));
    addInstance('pgrehearse-others', { 'pgrehearse:run': 'r1', 'pgrehearse:created': hours(-30), 'pgrehearse:owner': 'ann@laptop' });
    const gone = await context.ledger.plan({
      kind: 'throwaway',
      label: 'pgrehearse-gone',
      facts: { thing: 'rds-instance', identifier: 'pgrehearse-gone', account: FakeAws.account, region: FakeAws.region, run: 'r9', source: 'x' },
    });
    const { throwaways, failures } = await listThrowaways(context, []);
    expect(failures).toEqual([]);
    expect(throwaways).toMatchObject([
      { identifier: 'pgrehearse-others', ageHours: 30, owner: 'ann@laptop', status: 'available', instanceClass: 'db.m6g.large' },
      { identifier: own.identifier, ageHours: 0, status: 'available', instanceClass: 'db.t4g.small', resource: { id: own.resource.id } },
      { identifier: 'pgrehearse-gone', status: 'gone', resource: { id: gone.id } },
    ]);
    // Prices of this region aren't known: whose list price it is stands beside it.
    expect(throwaways.map(({ costPerHour, priceFrom, priceRegion, costSoFar }) => [costPerHour, priceFrom, priceRegion, costSoFar])).toEqual([
      [0.175, 'list', 'us-east-1', 5.25],
      [0.048, 'list', 'us-east-1', 0],
      [undefined, undefined, undefined, undefined],
    ]);
    await context.ledger.forget(gone.id);
    await own.remove();
    cloud.aws.rds.instances.delete('pgrehearse-others');
  });
});

test('a price of the team’s own is told by whoever looks; what the configuration says now goes first', async () => {
  await withContext(async (context) => {
    const own = unwrap(await provideThrowaway(context, cloudWish({ prices: { 'db.t4g.small': 0.04 } })));
    const made = hours(-2);
    addInstance('pgrehearse-others', { 'pgrehearse:run': 'r1', 'pgrehearse:created': made, 'pgrehearse:price-per-hour': '0.07' });
    addInstance('pgrehearse-spoilt', { 'pgrehearse:run': 'r2', 'pgrehearse:created': made, 'pgrehearse:price-per-hour': '-1' });
    const elsewhere = { thing: 'rds-instance', identifier: 'pgrehearse-elsewhere', account: '999999999999', region: FakeAws.region };
    const unseen = await context.ledger.plan({
      kind: 'throwaway',
      label: elsewhere.identifier,
      facts: { ...elsewhere, run: 'r9', source: 'x', class: 'db.x99.huge', pricePerHour: 9 },
    });
    const told = async (prices?: Prices) => {
      const { throwaways } = await listThrowaways(context, prices === undefined ? places : places.map((place) => ({ ...place, prices })));
      return Object.fromEntries(
        throwaways.map(({ identifier, costPerHour, priceFrom, costSoFar }) => [identifier, [costPerHour, priceFrom, costSoFar].join(' ').trim()]),
      );
    };
    const asMade = {
      'pgrehearse-others': '0.07 settings 0.14',
      'pgrehearse-spoilt': '0.175 list 0.35',
      [own.identifier]: '0.04 settings 0',
      // Nobody knows whether it is still there, and so not what it has cost.
      'pgrehearse-elsewhere': '9 settings',
    };
    expect(await told()).toEqual(asMade);
    expect(await told({ 'db.t4g.small': 0.05 })).toEqual({ ...asMade, [own.identifier]: '0.05 settings 0' });
    await context.ledger.forget(unseen.id);
    await own.remove();
    for (const name of ['pgrehearse-others', 'pgrehearse-spoilt']) cloud.aws.rds.instances.delete(name);
  });
});

test('a plan tells the steps, what they cost and what to mind, and changes nothing', async () => {
  cloud.production.multiAz = false;
  await withContext(async (context) => {
    const kmsKey = 'arn:aws:kms:eu-central-1:111122223333:key/ours';
    const plan = unwrap(await planThrowaway(context, cloudWish({ snapshot: { freshnessHours: 1, kmsKey }, classes: ['db.t4g.small', 'db.t4g.medium'] })));
    expect(plan.steps).toEqual([
      'Take a snapshot of production, since the newest, rds:production-last-night, is 8 hours old.',
      `Copy it with the key ${kmsKey}, as a snapshot of ours.`,
      expect.stringMatching(
        /^Restore it as pgrehearse-production-\d{14} as the first of db.t4g.small, db.t4g.medium that can be had in the subnet group production and with the security groups sg-1, sg-2 and the parameter group production-pg: not public/,
      ),
      expect.stringContaining('random master password'),
      expect.stringContaining('then delete it and the snapshot and the copy'),
    ]);
    expect(plan.warnings).toEqual([expect.stringContaining('one zone only')]);
    expect(plan.minutes[1]).toBeGreaterThan(plan.minutes[0]);
    expect(unwrap(await planThrowaway(context, cloudWish())).steps[0]).toContain('Use the snapshot rds:production-last-night of');
  });
  expect(cloud.aws.changes).toEqual([]);
});
