import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { finishLeft } from '../../src/rehearsal/cloud/finish-left.ts';
import { removeUpload } from '../../src/sync/objects/begun-uploads.ts';
import { syncObjects } from '../../src/sync/objects/sync-objects.ts';
import type { S3Call, S3Fault } from '../support/fake-s3/fake-s3.ts';
import { openTwoBuckets, type TwoBuckets } from '../support/fake-s3/two-buckets.ts';
import { untilTrue } from '../support/until-true.ts';
import { unwrap } from '../support/unwrap.ts';

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());

const lastYear = new Date('2025-01-01T00:00:00Z');
const part = 5 * 1024 * 1024;

/** 60 small objects and one in three parts on production's side; two that are to go on staging's. */
async function fill(): Promise<void> {
  await two.renew();
  for (let i = 0; i < 60; i++) await two.s3.put(two.production.name, `small/${i}`, `content ${i}`, { at: lastYear });
  for (const key of ['old/1', 'old/2']) await two.s3.put(two.staging.name, key, 'old');
  const { access, account, bucket } = two.wish().production;
  await using store = unwrap(await two.context.edge.objects.open({ ...access, bucket, owner: account }));
  const upload = await store.beginUpload('large', { headers: { metadata: {} } });
  const parts = [];
  for (let n = 1; n <= 3; n++) parts.push(await store.putPart(upload, n, Buffer.alloc(n < 3 ? part : 1000, `part ${n}`)));
  await store.completeUpload(upload, parts);
  const large = two.production.objects.get('large');
  if (large !== undefined) large.lastModified = lastYear;
  two.s3.calls.length = 0;
}

/** Starts a synchronisation, and kills it in the middle of a call: before it is done, or when it is and nobody has heard of it. */
async function killIn(isIt: (call: S3Call) => boolean, fault: S3Fault, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const program = join(import.meta.dirname, '../support/fake-s3/sync-program.ts');
  const wish = JSON.stringify(two.wish({ way: 'streamed', delete: true }));
  const child = spawn(process.execPath, [program, two.root, wish], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'exit');
  let struck: S3Call | undefined;
  two.s3.fault = async (call) => {
    if (!isIt(call)) return undefined;
    struck = call;
    child.kill('SIGKILL');
    await ended;
    return fault;
  };
  await ended;
  if (fault.what === 'lose') await untilTrue('the call is done', async () => struck?.status !== undefined);
  two.s3.fault = () => undefined;
  expect({ signal: child.signalCode, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
}

const state = (shelf: TwoBuckets['staging']) => [...shelf.objects.values()].map(({ key, etag, sizeBytes }) => [key, etag, sizeBytes]).toSorted();

const moments: readonly [string, (call: S3Call) => boolean, S3Fault['what'] & ('drop' | 'lose')][] = [
  ['listing', ({ operation }) => operation === 'ListObjectsV2', 'drop'],
  ['asking whether staging can be written', ({ operation, key }) => operation === 'CreateMultipartUpload' && key.endsWith('probe'), 'lose'],
  ['putting an object', ({ operation, key }) => operation === 'PutObject' && key === 'small/30', 'drop'],
  ['having put an object', ({ operation, key }) => operation === 'PutObject' && key === 'small/30', 'lose'],
  ['beginning an upload', ({ operation, key }) => operation === 'CreateMultipartUpload' && key === 'large', 'drop'],
  ['having begun an upload', ({ operation, key }) => operation === 'CreateMultipartUpload' && key === 'large', 'lose'],
  ['uploading a part', ({ operation }) => operation === 'UploadPart', 'lose'],
  ['completing', ({ operation }) => operation === 'CompleteMultipartUpload', 'drop'],
  ['having completed', ({ operation }) => operation === 'CompleteMultipartUpload', 'lose'],
  ['deleting', ({ operation }) => operation === 'DeleteObjects', 'drop'],
  ['having deleted', ({ operation }) => operation === 'DeleteObjects', 'lose'],
];

test.each(moments)('killed while %s: the next run makes what an undisturbed one makes, and nothing is left', async (_, isIt, what) => {
  await fill();
  await killIn(isIt, { what });
  const copiedBefore = two.staging.objects.size;
  const report = unwrap(await syncObjects(two.context, two.wish({ way: 'streamed', delete: true })));
  expect(report).toMatchObject({ unsyncedCount: 0, verified: { objects: 61, by: { etag: 61 } } });
  expect(state(two.staging)).toEqual(state(two.production));
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
  // What was there before isn't copied again.
  expect(report.copied.objects).toBeLessThanOrEqual(63 - copiedBefore);
});

const shifted = (ms: number) => ({ NODE_OPTIONS: `--import=${join(import.meta.dirname, '../support/shift-clock.js')}`, PGR_CLOCK_SHIFT_MS: `${ms}` });

test.each([
  ['ahead', 10 * 60_000],
  ['behind', -10 * 60_000],
])('killed when an upload was begun whose id it never heard, on a machine whose clock is %s: it is found all the same', async (_, ms) => {
  await fill();
  await killIn(({ operation, key }) => operation === 'CreateMultipartUpload' && key === 'large', { what: 'lose' }, shifted(ms));
  expect(two.staging.uploads.size).toBe(1);
  const { failures } = await collectGarbage(two.context, { dryRun: false, removers: { upload: removeUpload } });
  expect([failures, two.staging.uploads.size, await two.context.ledger.list()]).toEqual([[], 0, []]);
});

test('an upload whose beginning was done twice, since the first answer was lost, leaves none of both', async () => {
  await fill();
  let isLost = false;
  two.s3.fault = ({ operation, key }) => {
    if (isLost || operation !== 'CreateMultipartUpload' || key !== 'large') return undefined;
    isLost = true;
    return { what: 'lose' };
  };
  unwrap(await syncObjects(two.context, two.wish({ way: 'streamed' })));
  expect([isLost, two.s3.calls.filter(({ operation, key }) => operation === 'CreateMultipartUpload' && key === 'large').length]).toEqual([true, 2]);
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
});

test('an upload that was begun and lost, and then refused, leaves none', async () => {
  await fill();
  let begun = 0;
  two.s3.fault = ({ operation, key }) => {
    if (operation !== 'CreateMultipartUpload' || key !== 'large') return undefined;
    begun += 1;
    return begun === 1 ? { what: 'lose' } : { what: 'error', code: 'AccessDenied', status: 403 };
  };
  await syncObjects(two.context, two.wish({ way: 'streamed' }));
  expect(begun).toBeGreaterThan(1);
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
});

test('finishing what is left, as the next command of any kind does, aborts what a killed one had begun', async () => {
  await fill();
  await killIn(({ operation }) => operation === 'UploadPart', { what: 'lose' });
  expect(two.staging.uploads.size).toBe(1);
  expect((await finishLeft(two.context)).map(({ resource: { kind }, is }) => ({ kind, is }))).toEqual([{ kind: 'upload', is: 'gone' }]);
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
  expect(await finishLeft(two.context)).toEqual([]);
});

test('gc aborts what a killed one had begun', async () => {
  await fill();
  await killIn(({ operation }) => operation === 'UploadPart', { what: 'lose' });
  expect(two.staging.uploads.size).toBe(1);
  const { removed, failures } = await collectGarbage(two.context, { dryRun: false, removers: { upload: removeUpload } });
  expect([removed.map(({ kind }) => kind), failures]).toEqual([['upload'], []]);
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
});

test('Ctrl-C aborts it at once', async () => {
  await fill();
  const stop = new AbortController();
  two.s3.fault = ({ operation }) => {
    if (operation === 'UploadPart') stop.abort();
    return undefined;
  };
  await expect(syncObjects({ ...two.context, signal: stop.signal }, two.wish({ way: 'streamed' }))).rejects.toThrow();
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
});
