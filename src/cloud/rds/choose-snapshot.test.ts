import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../../test/support/cloud-production.ts';
import { FakeAws } from '../../../test/support/fake-aws/fake-aws.ts';
import type { Snapshot } from '../../../test/support/fake-aws/rds/resources.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import type { RdsWish } from '../../core/cloud.ts';
import type { Result } from '../../core/result.ts';
import { openAccount } from '../open-account.ts';
import { chooseSnapshot, type SnapshotChoice } from './choose-snapshot.ts';
import { describeProduction } from './describe-production.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const add = (id: string, hours: number, given: Partial<Snapshot> = {}) =>
  cloud.aws.rds.addSnapshot(cloud.production, id, { createdAt: hoursAgo(hours), ...given });

async function choose(snapshot: Partial<RdsWish['snapshot']> = {}): Promise<Result<SnapshotChoice>> {
  const context = testContext();
  const wish = cloudWish({ snapshot });
  const account = unwrap(await openAccount(context, wish.access, wish.account));
  return await chooseSnapshot(context, account, wish, unwrap(await describeProduction(context, account, wish)), []);
}

const chosen = async (snapshot: Partial<RdsWish['snapshot']> = {}) => {
  const choice = unwrap(await choose(snapshot));
  return choice.is === 'there' ? choice.snapshot.DBSnapshotIdentifier : choice.is;
};

test('the newest of all pages is chosen, whoever took it', async () => {
  cloud.aws.rds.circumstances.pageSize = 20;
  for (let at = 0; at < 30; at++) await add(`manual-${at}`, 100 - at, { type: 'manual' });
  await add('newest', 3, { type: 'manual' });
  expect(await chosen()).toBe('newest');
});

test('a snapshot of AWS Backup counts', async () => {
  await add('awsbackup:job-1', 2, { type: 'awsbackup' });
  expect(await chosen()).toBe('awsbackup:job-1');
});

test('one that isn’t finished, that a run of ours deletes, or of another instance that had the name doesn’t', async () => {
  const unfinished = await add('unfinished', 0, { type: 'manual' });
  await unfinished.life.go([{ status: 'creating', polls: 100 }], 'available');
  await add('pgrehearse-production-1', 1, { type: 'manual', tags: new Map([['pgrehearse:delete-after', hoursAgo(-20).toISOString()]]) });
  expect(await chosen()).toBe(cloud.snapshot.id);
  cloud.aws.rds.snapshots.delete(`arn:aws:rds:${FakeAws.region}:${FakeAws.account}:snapshot:pgrehearse-production-1`);
});

test('too old a one is not taken for granted: a new one is to be taken, or its age is told', async () => {
  expect(await chosen({ freshnessHours: 9 })).toBe(cloud.snapshot.id);
  expect(await chosen({ freshnessHours: 7 })).toBe('to-take');
  expect(await chosen({ fresh: true })).toBe('to-take');
  expect(await choose({ freshnessHours: 7, take: false })).toMatchObject({
    ok: false,
    failure: { code: 'snapshot-missing', message: expect.stringContaining(`${cloud.snapshot.id}, is 8 hours old`) },
  });
});

test('one that is named is taken however old, and a wrong name told with right ones', async () => {
  await add('long-ago', 900, { type: 'manual' });
  expect(await chosen({ identifier: 'long-ago', freshnessHours: 1 })).toBe('long-ago');
  expect(await choose({ identifier: 'long-agone' })).toMatchObject({
    ok: false,
    failure: { code: 'cloud-not-found', message: expect.stringContaining(`${cloud.snapshot.id}, long-ago`), cure: expect.stringContaining('by its ARN') },
  });
});

test('another account’s is named by its ARN; where it is encrypted, a key of this account is asked for first', async () => {
  const given = { type: 'shared', account: '444455556666' } as const;
  const plain = await add('shared-plain', 5, given);
  expect(await chosen({ identifier: plain.arn })).toBe(plain.arn);
  const locked = await add('shared-locked', 5, {
    ...given,
    of: { ...plain.of, encrypted: true, kmsKeyId: 'arn:aws:kms:eu-central-1:444455556666:key/theirs' },
  });
  expect(await choose({ identifier: locked.arn })).toMatchObject({
    ok: false,
    failure: { code: 'cloud-key', message: expect.stringContaining('key/theirs'), cure: expect.stringContaining('aws/rds') },
  });
  expect(await chosen({ identifier: locked.arn, kmsKey: 'arn:aws:kms:eu-central-1:111122223333:key/ours' })).toBe(locked.arn);
});
