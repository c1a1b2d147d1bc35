import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../test/support/cloud-production.ts';
import { FakeAws } from '../../test/support/fake-aws/fake-aws.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { AwsAccount } from '../core/aws.ts';
import { findStrays } from './find-strays.ts';
import { iamPolicy } from './iam-policy.ts';
import { openAccount } from './open-account.ts';
import { provideThrowaway } from './rds/provide-throwaway.ts';

const kmsKey = `arn:aws:kms:${FakeAws.region}:${FakeAws.account}:key/ours`;
const scope = { account: FakeAws.account, region: FakeAws.region, instance: 'production', kmsKey };
/** What is configured is looked for. */
const place = { subnetGroup: 'production', securityGroups: ['sg-1'], parameterGroup: 'production-pg' };
let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

function obey(policy = iamPolicy(scope)): void {
  const [identity] = cloud.aws.identities;
  if (identity !== undefined) identity.policy = policy;
}

test('with it all that is done for a throwaway is permitted, and the cloud saw no call that it doesn’t name', async () => {
  obey();
  await withContext(async (context) => {
    const wish = cloudWish({ ...place, snapshot: { fresh: true, kmsKey } });
    const throwaway = unwrap(await provideThrowaway(context, wish));
    const instance = cloud.aws.rds.instances.get(throwaway.identifier);
    if (instance !== undefined) instance.deletionProtection = true;
    expect(await findStrays(context, [{ access: wish.access, account: wish.account }])).toEqual({ strays: [], failures: [] });
    unwrap(await throwaway.remove());
  });
  const seen = [...new Set(cloud.aws.calls.map(({ service, action }) => `${service}:${action}`))];
  const named = [...new Set(iamPolicy(scope).Statement.flatMap(({ Action }) => Action))];
  expect(seen.filter((action) => !named.includes(action))).toEqual([]);
  expect(seen.filter((action) => action.startsWith('rds:')).toSorted()).toEqual(named.filter((action) => /^rds:(?!AddTags)/.test(action)).toSorted());
});

test('without any one of its rights over RDS it isn’t enough', async () => {
  const { Statement } = iamPolicy(scope);
  const rights = Statement.flatMap(({ Sid, Action }) =>
    Action.filter((action) => action.startsWith('rds:') || Sid === 'LookAtKey').map((action) => [Sid, action] as const),
  );
  for (const [sid, right] of rights) {
    obey({
      Version: '2012-10-17',
      Statement: Statement.map((one) => (one.Sid === sid ? { ...one, Action: one.Action.filter((action) => action !== right) } : one)),
    });
    await withContext(async (context) => {
      const provided = await provideThrowaway(context, cloudWish({ ...place, snapshot: { fresh: true, kmsKey } }));
      const removed = provided.ok ? await provided.value.remove() : provided;
      expect(removed.ok, `${sid} without ${right}`).toBe(false);
      for (const { id } of await context.ledger.list()) await context.ledger.forget(id);
    });
    for (const id of cloud.aws.rds.instances.keys()) if (id !== 'production') cloud.aws.rds.instances.delete(id);
    for (const [arn, { type }] of cloud.aws.rds.snapshots) if (type === 'manual') cloud.aws.rds.snapshots.delete(arn);
  }
  expect(rights.length).toBeGreaterThan(8);
});

const tagless: readonly [] = [];
const forbidden: Readonly<Record<string, (account: AwsAccount) => Promise<unknown>>> = {
  'deleting production': (account) => account.call('rds:DeleteDBInstance', { DBInstanceIdentifier: 'production', SkipFinalSnapshot: true }),
  'changing production': (account) =>
    account.call('rds:ModifyDBInstance', { DBInstanceIdentifier: 'production', ApplyImmediately: true, DeletionProtection: false }),
  'deleting a snapshot of others': (account) => account.call('rds:DeleteDBSnapshot', { DBSnapshotIdentifier: 'somebody-elses' }),
  'deleting what only has our name': (account) =>
    account.call('rds:DeleteDBInstance', { DBInstanceIdentifier: 'pgrehearse-untagged', SkipFinalSnapshot: true }),
  'snapshotting another instance': (account) =>
    account.call('rds:CreateDBSnapshot', {
      DBInstanceIdentifier: 'pgrehearse-untagged',
      DBSnapshotIdentifier: 'pgrehearse-x',
      Tags: [{ Key: 'pgrehearse:run', Value: 'r' }],
    }),
  'snapshotting under another name': (account) =>
    account.call('rds:CreateDBSnapshot', {
      DBInstanceIdentifier: 'production',
      DBSnapshotIdentifier: 'another',
      Tags: [{ Key: 'pgrehearse:run', Value: 'r' }],
    }),
  'making something without our tags': (account) =>
    account.call('rds:CreateDBSnapshot', { DBInstanceIdentifier: 'production', DBSnapshotIdentifier: 'pgrehearse-x', Tags: tagless }),
};

test.each(Object.entries(forbidden))('with it %s is not permitted', async (_, attempt) => {
  await cloud.aws.rds.addSnapshot(cloud.production, 'somebody-elses', { type: 'manual' });
  cloud.aws.rds.instances.set('pgrehearse-untagged', {
    ...cloud.production,
    id: 'pgrehearse-untagged',
    arn: cloud.production.arn.replace('production', 'pgrehearse-untagged'),
  });
  obey();
  await withContext(async (context) => {
    const account = unwrap(await openAccount(context, { region: FakeAws.region }, FakeAws.account));
    await expect(attempt(account)).rejects.toMatchObject({ code: 'AccessDenied' });
  });
  cloud.aws.rds.instances.delete('pgrehearse-untagged');
});

test('in China and in GovCloud its ARNs are those of their partitions', () => {
  expect(JSON.stringify(iamPolicy({ account: FakeAws.account, region: 'cn-north-1' }))).toContain('arn:aws-cn:rds:cn-north-1:');
  expect(JSON.stringify(iamPolicy({ account: FakeAws.account, region: 'us-gov-west-1' }))).toContain('arn:aws-us-gov:rds:');
});

test('a policy for some calls has rights for no others', () => {
  const { Statement } = iamPolicy({ ...scope, operations: ['sts:GetCallerIdentity', 'ssm:GetParameter'], parameters: ['/production/password'] });
  expect(Statement).toMatchObject([
    { Action: ['sts:GetCallerIdentity'] },
    { Action: ['ssm:GetParameter'], Resource: [`arn:aws:ssm:${FakeAws.region}:${FakeAws.account}:parameter/production/password`] },
  ]);
});
