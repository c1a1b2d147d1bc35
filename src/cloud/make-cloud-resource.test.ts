import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../test/support/cloud-production.ts';
import { type CloudStep, strikingAtCloud } from '../../test/support/striking-at-cloud.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { withContext } from '../../test/support/with-context.ts';
import { CloudError } from '../core/cloud-error.ts';
import { provideThrowaway } from './rds/provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const restore = 'call rds:RestoreDBInstanceFromDBSnapshot';
const actions = () => cloud.aws.changes.map(({ action, error }) => (error === undefined ? action : `${action}: ${error}`));
const noAnswer = () => new CloudError({ operation: restore, code: 'NoAnswer', message: 'socket hang up', refused: false });

test('the ledger names a thing before the call that makes it, and until after it is gone', async () => {
  const lines: string[] = [];
  await withContext(async (context) => {
    const striking = strikingAtCloud(context, async ({ what, when }: CloudStep) => {
      if (when === 'before' && what.startsWith('call'))
        lines.push(`${what.slice('call rds:'.length)}: ${(await context.ledger.list()).map(({ kind }) => kind)}`);
      if (when === 'before' && what === 'forget') lines.push(`forget: ${cloud.aws.rds.instances.size - 1} instances`);
    });
    await unwrap(await provideThrowaway(striking, cloudWish({ snapshot: { fresh: true } }))).remove();
  });
  expect(lines).toEqual([
    'CreateDBSnapshot: snapshot',
    'RestoreDBInstanceFromDBSnapshot: snapshot,throwaway',
    'ModifyDBInstance: snapshot,throwaway',
    'DeleteDBInstance: snapshot,throwaway',
    'forget: 0 instances',
    'DeleteDBSnapshot: snapshot',
    'forget: 0 instances',
  ]);
});

test('a call whose answer is lost, and which the SDK makes again, has made one thing', async () => {
  cloud.aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'lose' });
  await withContext(async (context) => {
    await unwrap(await provideThrowaway(context, cloudWish())).remove();
  });
  expect(actions()).toEqual([
    'RestoreDBInstanceFromDBSnapshot',
    'RestoreDBInstanceFromDBSnapshot: DBInstanceAlreadyExists',
    'ModifyDBInstance',
    'DeleteDBInstance',
  ]);
});

test('a refusal after a lost answer doesn’t hide what the lost call made', async () => {
  cloud.aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'lose' });
  cloud.aws.next('RestoreDBInstanceFromDBSnapshot', 'InstanceQuotaExceeded');
  await withContext(async (context) => {
    await unwrap(await provideThrowaway(context, cloudWish())).remove();
  });
  expect(actions()).toHaveLength(4);
});

test.each(['DBInstanceAlreadyExists', 'InstanceQuotaExceeded'] as const)(
  'what a lost call made is found, although it isn’t described yet, after %s',
  async (refusal) => {
    cloud.aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'lose' });
    cloud.aws.next('RestoreDBInstanceFromDBSnapshot', refusal);
    await withContext(async (context) => {
      const striking = strikingAtCloud(context, ({ what, when }) => {
        if (what === restore && when === 'before') cloud.aws.next('DescribeDBInstances', 'DBInstanceNotFound', 2);
      });
      await unwrap(await provideThrowaway(striking, cloudWish())).remove();
    });
    expect(actions()).toEqual(['RestoreDBInstanceFromDBSnapshot', `RestoreDBInstanceFromDBSnapshot: ${refusal}`, 'ModifyDBInstance', 'DeleteDBInstance']);
  },
);

test('a name that is taken by what nobody can see is no plain refusal: its line stays until it has been looked for again', async () => {
  cloud.aws.next('RestoreDBInstanceFromDBSnapshot', { what: 'lose' });
  await withContext(async (context) => {
    const striking = strikingAtCloud(context, ({ what, when }) => {
      if (what === restore && when === 'before') cloud.aws.next('DescribeDBInstances', 'DBInstanceNotFound', 4);
    });
    expect(await provideThrowaway(striking, cloudWish())).toMatchObject({ ok: false, failure: { code: 'cloud-refused' } });
    expect(await context.ledger.list()).toEqual([]);
  });
  expect(actions().slice(0, 2)).toEqual(['RestoreDBInstanceFromDBSnapshot', 'RestoreDBInstanceFromDBSnapshot: DBInstanceAlreadyExists']);
  expect(actions().at(-1)).toBe('DeleteDBInstance');
});

test('what was done although no answer ever came is found by its tags', async () => {
  await withContext(async (context) => {
    const striking = strikingAtCloud(context, ({ what, when }) => {
      if (what === restore && when === 'after') throw noAnswer();
    });
    await unwrap(await provideThrowaway(striking, cloudWish())).remove();
  });
  expect(actions()).toEqual(['RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance']);
});

test('what was not done is tried again under the same name, and given up', async () => {
  await withContext(async (context) => {
    const names = new Set<string>();
    const striking = strikingAtCloud(context, async ({ what, when }) => {
      if (what !== restore || when !== 'before') return;
      for (const { label } of await context.ledger.list()) names.add(label);
      throw noAnswer();
    });
    expect(await provideThrowaway(striking, cloudWish())).toMatchObject({ ok: false, failure: { code: 'cloud-unreachable' } });
    expect(names.size).toBe(1);
  });
  expect(actions()).toEqual([]);
});

test('what a run makes in one second has several names', async () => {
  await withContext(async (context) => {
    const at = new Date();
    const throwaway = unwrap(await provideThrowaway({ ...context, now: () => at }, cloudWish({ snapshot: { fresh: true, kmsKey: 'ours' } })));
    expect([...cloud.aws.rds.snapshots.values()].filter(({ type }) => type === 'manual').map(({ of }) => of.encrypted)).toEqual([false, true]);
    expect(cloud.aws.rds.instances.get(throwaway.identifier)?.encrypted).toBe(true);
    await throwaway.remove();
  });
});

test('a name that somebody else has is left to them', async () => {
  await withContext(async (context) => {
    const at = new Date();
    const still = { ...context, now: () => at };
    const stranger = `pgrehearse-production-${at.toISOString().slice(0, 19).replace(/\D/g, '')}`;
    cloud.aws.rds.instances.set(stranger, { ...cloud.production, id: stranger, tags: new Map([['pgrehearse:run', 'another']]) });
    const throwaway = unwrap(await provideThrowaway(still, cloudWish()));
    expect(throwaway.identifier).not.toBe(stranger);
    await throwaway.remove();
    expect(cloud.aws.rds.instances.delete(stranger)).toBe(true);
  });
});

test('a copy within the second in which its snapshot was named has a name of its own at the first call', async () => {
  await withContext(async (context) => {
    const stopped = new Date('2026-01-01T03:00:00Z');
    const wish = cloudWish({ snapshot: { fresh: true, kmsKey: 'arn:aws:kms:eu-central-1:111122223333:key/ours' } });
    await unwrap(await provideThrowaway({ ...context, now: () => stopped }, wish)).remove();
  });
  expect(actions().slice(0, 3)).toEqual(['CreateDBSnapshot', 'CopyDBSnapshot', 'RestoreDBInstanceFromDBSnapshot']);
});
