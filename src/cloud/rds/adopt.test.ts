import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../../test/support/cloud-production.ts';
import { strikingAtCloud } from '../../../test/support/striking-at-cloud.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { RdsWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { removeCloudResource } from '../remove-cloud-resource.ts';
import { provideThrowaway } from './provide-throwaway.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const actions = () => cloud.aws.changes.map(({ action }) => action);

class Killed extends Error {}

/** What a process leaves that is killed right after a call: nothing of it runs any more, and its ledger lines are a dead process's. */
async function killedAfter(context: Context, call: string, wish: RdsWish): Promise<void> {
  let isDead = false;
  const dying = strikingAtCloud(context, ({ what, when }) => {
    isDead ||= what === `call rds:${call}` && when === 'after';
    if (isDead) throw new Killed();
  });
  await expect(provideThrowaway(dying, wish)).rejects.toThrow(Killed);
  // The largest number of a process on Linux is less.
  for (const { id, owner } of await context.ledger.list()) await context.ledger.amend(id, { owner: { ...owner, pid: 99_999_999 } });
  cloud.aws.calls.length = 0;
}

async function removeLeft(context: Context): Promise<void> {
  for (const line of await context.ledger.list()) unwrap(await removeCloudResource(context, line, { pollMs: 1, waitMs: 60_000 }));
}

test('a rerun goes on with the server that a killed one was restoring, under a password of its own', async () => {
  await withContext(async (context) => {
    await killedAfter(context, 'RestoreDBInstanceFromDBSnapshot', cloudWish());
    const [left] = await context.ledger.list();
    const throwaway = unwrap(await provideThrowaway(context, cloudWish()));
    expect(throwaway.identifier).toBe(left?.label);
    expect(await context.ledger.list()).toMatchObject([{ id: left?.id, owner: { pid: process.pid } }]);
    await throwaway.remove();
  });
  expect(actions()).toEqual(['ModifyDBInstance', 'DeleteDBInstance']);
});

test('a rerun goes on with the snapshot that a killed one was taking, and deletes it in the end', async () => {
  const wish = cloudWish({ snapshot: { freshnessHours: 2 } });
  await withContext(async (context) => {
    await killedAfter(context, 'CreateDBSnapshot', wish);
    await unwrap(await provideThrowaway(context, wish)).remove();
  });
  expect(actions()).toEqual(['RestoreDBInstanceFromDBSnapshot', 'ModifyDBInstance', 'DeleteDBInstance', 'DeleteDBSnapshot']);
});

test('a rerun goes on with both the snapshot and the server', async () => {
  const wish = cloudWish({ snapshot: { freshnessHours: 2 } });
  await withContext(async (context) => {
    await killedAfter(context, 'ModifyDBInstance', wish);
    await unwrap(await provideThrowaway(context, wish)).remove();
  });
  expect(actions()).toEqual(['ModifyDBInstance', 'DeleteDBInstance', 'DeleteDBSnapshot']);
});

test('who wants a new snapshot doesn’t get the one of an earlier attempt', async () => {
  const wish = cloudWish({ snapshot: { fresh: true } });
  await withContext(async (context) => {
    await killedAfter(context, 'CreateDBSnapshot', wish);
    await unwrap(await provideThrowaway(context, wish)).remove();
    expect(await context.ledger.list()).toHaveLength(1);
    await removeLeft(context);
  });
});

test('a server is left alone while its maker is at work, or where another one is wanted', async () => {
  await withContext(async (context) => {
    const first = unwrap(await provideThrowaway(context, cloudWish()));
    const second = unwrap(await provideThrowaway(context, cloudWish()));
    expect(second.identifier).not.toBe(first.identifier);
    await first.remove();
    await second.remove();
    await killedAfter(context, 'RestoreDBInstanceFromDBSnapshot', cloudWish());
    await unwrap(await provideThrowaway(context, cloudWish({ classes: ['db.m6g.large'] }))).remove();
    await unwrap(await provideThrowaway(context, cloudWish({ securityGroups: ['sg-1'] }))).remove();
    expect(await context.ledger.list()).toHaveLength(1);
    await removeLeft(context);
  });
});

test('a server that ended badly isn’t gone on with', async () => {
  await withContext(async (context) => {
    cloud.aws.rds.circumstances.restoredAs = 'failed';
    await killedAfter(context, 'RestoreDBInstanceFromDBSnapshot', cloudWish());
    for (const [id, { life }] of cloud.aws.rds.instances) if (id !== 'production') while (life.isMoving) await life.look();
    cloud.aws.rds.circumstances.restoredAs = 'available';
    await unwrap(await provideThrowaway(context, cloudWish())).remove();
    expect(await context.ledger.list()).toHaveLength(1);
    await removeLeft(context);
  });
});
