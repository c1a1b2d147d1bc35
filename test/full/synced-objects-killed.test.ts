import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectGarbage } from '../../src/cluster/collect-garbage.ts';
import { removeUpload } from '../../src/sync/objects/begun-uploads.ts';
import { syncObjects } from '../../src/sync/objects/sync-objects.ts';
import type { S3Call, S3Fault } from '../support/fake-s3/fake-s3.ts';
import { openTwoBuckets, type TwoBuckets } from '../support/fake-s3/two-buckets.ts';
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
async function killIn(isIt: (call: S3Call) => boolean, fault: S3Fault): Promise<void> {
  const program = join(import.meta.dirname, '../support/fake-s3/sync-program.ts');
  const wish = JSON.stringify(two.wish({ way: 'streamed', delete: true }));
  const child = spawn(process.execPath, [program, two.root, wish], { stdio: ['ignore', 'ignore', 'pipe'], env: process.env });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'exit');
  two.s3.fault = async (call) => {
    if (!isIt(call)) return undefined;
    child.kill('SIGKILL');
    await ended;
    return fault;
  };
  await ended;
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
