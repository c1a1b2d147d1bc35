import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CloudProduction, cloudWish, startCloud } from '../../test/support/cloud-production.ts';
import { FakeAws } from '../../test/support/fake-aws/fake-aws.ts';
import { type Instance, newLife } from '../../test/support/fake-aws/rds/resources.ts';
import { strikingAtCloud } from '../../test/support/striking-at-cloud.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { removeCloudResource } from './remove-cloud-resource.ts';

let cloud: CloudProduction;
beforeAll(async () => {
  cloud = await startCloud({ servers: false });
});
afterEach(() => cloud.reset());
afterAll(() => cloud[Symbol.asyncDispose]());

const id = 'pgrehearse-production-20260101030000';
const patience = { pollMs: 1, waitMs: 60_000 };

function addThrowaway(given: Partial<Instance> = {}): Instance {
  const instance: Instance = { ...cloud.production, id, deletionProtection: false, tags: new Map([['pgrehearse:run', 'r1']]), life: newLife(), ...given };
  cloud.aws.rds.instances.set(id, instance);
  return instance;
}

async function plan(context: Context, facts: Resource['facts'] = {}): Promise<Resource> {
  const usual = { thing: 'rds-instance', identifier: id, account: FakeAws.account, region: FakeAws.region, run: 'r1', source: 'rds:production', made: 'yes' };
  return await context.ledger.plan({ kind: 'throwaway', label: id, facts: { ...usual, ...facts } });
}

const deletions = () => cloud.aws.calls.filter(({ action }) => action === 'DeleteDBInstance');

test('a server that is still being made is deleted once it can be', async () => {
  const { life } = addThrowaway();
  await life.go(
    ['creating', 'modifying', 'backing-up'].map((status) => ({ status, polls: 2 })),
    'available',
  );
  await withContext(async (context) => {
    expect(await removeCloudResource(context, await plan(context), patience)).toMatchObject({ ok: true });
    expect(await context.ledger.list()).toEqual([]);
  });
  expect(deletions().map(({ error }) => error ?? 'done')).toContain('InvalidDBInstanceState');
  expect(cloud.aws.rds.instances.has(id)).toBe(false);
});

test('what somebody else deletes, or deleted, is gone as well', async () => {
  const { life } = addThrowaway();
  await life.go(
    [
      { status: 'deleting', polls: 3 },
      { status: 'deleted', polls: 1, enter: async () => void cloud.aws.rds.instances.delete(id) },
    ],
    'deleted',
  );
  await withContext(async (context) => {
    expect(await removeCloudResource(context, await plan(context), patience)).toMatchObject({ ok: true });
    expect(await removeCloudResource(context, await plan(context), patience)).toMatchObject({ ok: true });
  });
  expect(deletions()).toEqual([]);
});

test('protection that somebody switched on is switched off first', async () => {
  addThrowaway({ deletionProtection: true });
  await withContext(async (context) => {
    expect(await removeCloudResource(context, await plan(context), patience)).toMatchObject({ ok: true });
  });
  expect(cloud.aws.rds.instances.has(id)).toBe(false);
});

test('two at once come to the same end', async () => {
  addThrowaway();
  await withContext(async (context) => {
    const line = await plan(context);
    const both = await Promise.all([removeCloudResource(context, line, patience), removeCloudResource(context, line, patience)]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
  });
});

test.each<readonly [string, Partial<Instance>, Resource['facts'], string]>([
  ['has no tags', { tags: new Map() }, {}, 'isn’t ours'],
  ['has the tag of another run', { tags: new Map([['pgrehearse:run', 'r2']]) }, {}, 'isn’t ours'],
  ['is production', {}, { identifier: 'production' }, 'no name that pgrehearse gives'],
  ['is in another account', {}, { account: '999999999999' }, '999999999999 is meant'],
  ['has a line that says no account', {}, { account: '' }, 'doesn’t name a thing'],
])('what %s is never deleted, and stays in the ledger', async (_, given, facts, words) => {
  addThrowaway(given);
  await withContext(async (context) => {
    const line = await plan(context, facts);
    const removed = await removeCloudResource(context, line, patience);
    expect(removed).toMatchObject({ ok: false, failure: { code: 'throwaway-left', message: expect.stringContaining(words) } });
    expect(context.events).toMatchObject([{ type: 'resource', what: 'not-removed', failure: { code: 'throwaway-left' } }]);
    expect((await context.ledger.list()).map((one) => one.id)).toEqual([line.id]);
    await context.ledger.forget(line.id);
  });
  expect(cloud.aws.changes).toEqual([]);
  cloud.aws.rds.instances.delete(id);
});

test('what another process is at work on is left to it; what a dead one left is taken over first', async () => {
  addThrowaway();
  await withContext(async (context) => {
    const { owner, id: line } = await plan(context);
    const parent = { ...owner, pid: process.ppid, processStartedAt: (await context.edge.system.processStartedAt(process.ppid)) ?? '' };
    const others = await context.ledger.amend(line, { owner: parent });
    expect(await removeCloudResource(context, others, patience)).toMatchObject({ ok: false, failure: { code: 'throwaway-in-use' } });
    expect(cloud.aws.changes).toEqual([]);
    // The largest number of a process on Linux is less.
    const dead = await context.ledger.amend(line, { owner: { ...owner, pid: 99_999_999 } });
    let ownerThen: number | undefined;
    const striking = strikingAtCloud(context, async ({ what, when }) => {
      if (what === 'call rds:DeleteDBInstance' && when === 'before') ownerThen = (await context.ledger.list())[0]?.owner.pid;
    });
    expect(await removeCloudResource(striking, dead, patience)).toMatchObject({ ok: true });
    expect(ownerThen).toBe(process.pid);
  });
});

test('a refusal that doesn’t pass is told, and the line stays', async () => {
  addThrowaway();
  cloud.aws.next('DeleteDBInstance', 'AccessDenied');
  await withContext(async (context) => {
    const line = await plan(context);
    expect(await removeCloudResource(context, line, patience)).toMatchObject({ ok: false, failure: { message: expect.stringContaining('AccessDenied') } });
    expect(await removeCloudResource(context, line, patience)).toMatchObject({ ok: true });
  });
});

test('one that can’t be deleted in time is left, by name', async () => {
  const { life } = addThrowaway();
  await life.go([{ status: 'creating', polls: Number.POSITIVE_INFINITY }], 'available');
  await withContext(async (context) => {
    const line = await plan(context);
    const removed = await removeCloudResource(context, line, { pollMs: 1, waitMs: 100 });
    expect(removed).toMatchObject({ ok: false, failure: { code: 'throwaway-left', message: expect.stringContaining('still creating') } });
    await context.ledger.forget(line.id);
  });
  cloud.aws.rds.instances.delete(id);
});

test('a snapshot goes in the same way', async () => {
  const made = await cloud.aws.rds.addSnapshot(cloud.production, id, { type: 'manual', tags: new Map([['pgrehearse:run', 'r1']]) });
  await made.life.go([{ status: 'creating', polls: 3 }], 'available');
  await withContext(async (context) => {
    expect(await removeCloudResource(context, await plan(context, { thing: 'rds-snapshot' }), patience)).toMatchObject({ ok: true });
  });
  expect(cloud.aws.rds.snapshots.has(made.arn)).toBe(false);
});

test('removal goes on after Ctrl-C', async () => {
  addThrowaway();
  await withContext(async (context) => {
    const stopped = { ...context, signal: AbortSignal.abort() };
    expect(await removeCloudResource(stopped, await plan(stopped), cloudWish())).toMatchObject({ ok: true });
  });
});
