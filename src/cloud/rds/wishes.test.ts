import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../../test/support/cloud-production.ts';
import { FakeAws } from '../../../test/support/fake-aws/fake-aws.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { planThrowaway } from './plan-throwaway.ts';
import { provideThrowaway } from './provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const actions = () => cloud.aws.changes.map(({ action }) => action);

test('a snapshot that is to be kept stays, in the cloud and in the ledger, and has no date of deletion', async () => {
  await withContext(async (context) => {
    const throwaway = unwrap(await provideThrowaway(context, cloudWish({ snapshot: { fresh: true, keep: true } })));
    await throwaway.remove();
    const [kept] = [...cloud.aws.rds.snapshots.values()].filter(({ id }) => id.startsWith('pgrehearse-'));
    expect(kept?.tags.has('pgrehearse:delete-after')).toBe(false);
    expect(await context.ledger.list()).toMatchObject([{ kind: 'snapshot', kept: true, label: kept?.id }]);
    for (const { id } of await context.ledger.list()) await context.ledger.forget(id);
    cloud.aws.rds.snapshots.delete(kept?.arn ?? '');
  });
});

test('another key is given by a copy of ours, which goes with the server', async () => {
  await withContext(async (context) => {
    const throwaway = unwrap(await provideThrowaway(context, cloudWish({ snapshot: { kmsKey: 'arn:aws:kms:eu-central-1:111122223333:key/ours' } })));
    expect(cloud.aws.rds.instances.get(throwaway.identifier)).toMatchObject({ encrypted: true, kmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/ours' });
    expect(throwaway.dataAsOf).toBe(cloud.snapshot.createdAt.toISOString());
    await throwaway.remove();
    expect(actions()).toEqual(['CopyDBSnapshot', 'RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance', 'DeleteDBSnapshot']);
  });
});

test('nothing at all is asked of another account', async () => {
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish({ account: '999999999999' }));
    expect(provided).toMatchObject({ ok: false, failure: { code: 'cloud-wrong-account' } });
    expect(cloud.aws.calls.map(({ action }) => action)).toEqual(['GetCallerIdentity']);
    expect(JSON.stringify(provided)).toContain(FakeAws.account);
  });
});

test('an instance that isn’t there is told with those that are', async () => {
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish({ instance: 'producton' }));
    expect(provided).toMatchObject({ ok: false, failure: { code: 'cloud-not-found', cure: expect.stringContaining('Did you mean production?') } });
  });
});

test('a configured network, parameter group or class that isn’t there is told before anything is made, all of them at once', async () => {
  const { parameterGroups } = cloud.aws.rds.circumstances;
  await withContext(async (context) => {
    const misspelt = { subnetGroup: 'producton', securityGroups: ['sg-1', 'sg-9'], parameterGroup: 'producton-pg', classes: ['db.t4g.small', 'db.t4g.smal'] };
    const provided = await provideThrowaway(context, cloudWish({ ...misspelt, snapshot: { fresh: true } }));
    if (provided.ok) throw new Error('it was provided');
    expect(provided.failure.code).toBe('cloud-not-found');
    for (const name of ['subnet group producton', 'sg-9', 'parameter group producton-pg', 'class db.t4g.smal,'])
      expect(provided.failure.message).toContain(name);
    expect(provided.failure.message).not.toContain('db.t4g.small,');
    expect(await planThrowaway(context, cloudWish(misspelt))).toMatchObject({ ok: false, failure: { code: 'cloud-not-found' } });
    parameterGroups.add('default.postgres18');
    const other = await provideThrowaway(context, cloudWish({ parameterGroup: 'default.postgres18' }));
    expect(other).toMatchObject({ ok: false, failure: { code: 'cloud-refused', message: expect.stringContaining('is for postgres18') } });
    expect(await context.ledger.list()).toEqual([]);
  });
  expect(actions()).toEqual([]);
});

test.each([
  ['isn’t there', 'arn:aws:kms:eu-central-1:111122223333:key/gone', "Key 'arn:aws:kms:eu-central-1:111122223333:key/gone' does not exist"],
  ['is an alias of nothing', 'alias/nothing', 'does not exist'],
  ['is switched off', 'disabled', 'the key disabled, as configured, is Disabled'],
  ['is about to be deleted', 'dying', 'is PendingDeletion'],
  ['signs and doesn’t encrypt', 'signing', 'RSA_2048'],
  ['is of another region', 'arn:aws:kms:us-east-1:111122223333:key/ours', 'is in us-east-1'],
])('a configured key that %s is told before a snapshot is taken', async (_, kmsKey, words) => {
  const { kms } = cloud.aws;
  kms.add('disabled', { state: 'Disabled' });
  kms.add('dying', { state: 'PendingDeletion' });
  kms.add('signing', { spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
  await withContext(async (context) => {
    const wish = cloudWish({ snapshot: { fresh: true, kmsKey } });
    for (const told of [await provideThrowaway(context, wish), await planThrowaway(context, wish)])
      expect(told).toMatchObject({ ok: false, failure: { code: 'cloud-key', rootCause: 'kms', message: expect.stringContaining(words), object: kmsKey } });
  });
  expect(actions()).toEqual([]);
});

test('a key by its alias is taken as it is', async () => {
  await withContext(async (context) => {
    expect(await planThrowaway(context, cloudWish({ snapshot: { kmsKey: 'alias/backups' } }))).toMatchObject({ ok: true });
  });
});

test('another account’s snapshot is restored by its ARN where production isn’t here, by what the wish says itself', async () => {
  const shared = await cloud.aws.rds.addSnapshot(cloud.production, 'shared', { type: 'shared', account: '444455556666' });
  cloud.aws.rds.instances.delete('production');
  const wish = { snapshot: { identifier: shared.arn } };
  await withContext(async (context) => {
    expect(await provideThrowaway(context, cloudWish(wish))).toMatchObject({ ok: false, failure: { message: expect.stringContaining('a subnet group') } });
    const throwaway = unwrap(await provideThrowaway(context, cloudWish({ ...wish, subnetGroup: 'default' })));
    expect(cloud.aws.calls.find(({ action }) => action === 'RestoreDBInstanceFromDBSnapshot')?.params.DBSnapshotIdentifier).toBe(shared.arn);
    await throwaway.remove();
  });
  cloud.aws.rds.instances.set('production', cloud.production);
});

test('a production that somebody stopped is not snapshotted, and told', async () => {
  await cloud.production.life.go([], 'stopped');
  await withContext(async (context) => {
    const provided = await provideThrowaway(context, cloudWish({ snapshot: { fresh: true } }));
    expect(provided).toMatchObject({ ok: false, failure: { code: 'snapshot-missing', message: expect.stringContaining('is stopped') } });
  });
  await cloud.production.life.go([], 'available');
  expect(actions()).toEqual([]);
});

test('a production that is being changed is waited for', async () => {
  await cloud.production.life.go([{ status: 'modifying', polls: 4 }], 'available');
  await withContext(async (context) => {
    await unwrap(await provideThrowaway(context, cloudWish({ snapshot: { fresh: true } }))).remove();
  });
  expect(actions()[0]).toBe('CreateDBSnapshot');
});
