import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { syncObjects } from '../../src/sync/objects/sync-objects.ts';
import { type S3Fault, slowDown } from '../support/fake-s3/fake-s3.ts';
import { hostileKey } from '../support/fake-s3/hostile-key.ts';
import { openTwoBuckets, type TwoBuckets } from '../support/fake-s3/two-buckets.ts';
import { unwrap } from '../support/unwrap.ts';

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());
beforeEach(() => two.renew());

const lastYear = new Date('2025-01-01T00:00:00Z');
const part = 5 * 1024 * 1024;
const refusal = (code: string, status: number): S3Fault => ({ what: 'error', code, status });

async function fill(count: number, keyOf = (at: number) => `image ${at}`): Promise<void> {
  for (let at = 0; at < count; at++) await two.s3.put(two.production.name, keyOf(at), at % 7 === 0 ? '' : `content ${at}`, { at: lastYear });
}

async function putLarge(parts: number): Promise<void> {
  const { access, account, bucket } = two.wish().production;
  await using store = unwrap(await two.context.edge.objects.open({ ...access, bucket, owner: account }));
  const upload = await store.beginUpload('large', { headers: { metadata: {} } });
  const put = [];
  for (let n = 1; n <= parts; n++) put.push(await store.putPart(upload, n, Buffer.alloc(n < parts ? part : 1000, `part ${n}`)));
  await store.completeUpload(upload, put);
  const large = two.production.objects.get('large');
  if (large !== undefined) large.lastModified = lastYear;
}

const sync = async (change = {}) => await syncObjects(two.context, two.wish(change));
const state = (shelf: TwoBuckets['staging']) => [...shelf.objects.values()].map(({ key, etag, sizeBytes }) => [key, etag, sizeBytes]).toSorted();

/** What every attack has to leave in the end: staging like production, no begun upload, nothing in the ledger, and what had come not copied again. */
async function resume(way: 'streamed' | 'server-side' = 'streamed'): Promise<void> {
  two.s3.fault = () => undefined;
  const copiedBefore = two.staging.objects.size;
  const report = unwrap(await sync({ way }));
  expect(report).toMatchObject({ unsyncedCount: 0, copied: { objects: two.production.objects.size - copiedBefore } });
  expect(state(two.staging)).toEqual(state(two.production));
  expect([two.staging.uploads.size, await two.context.ledger.list()]).toEqual([0, []]);
}

test.each(['streamed', 'server-side'] as const)('keys that break lines, paths, encodings and orders: %s', async (way) => {
  if (way === 'server-side') two.production.grants.set(two.staging.owner, 'read');
  await fill(3000, hostileKey);
  expect(two.production.objects.size).toBe(3000);
  expect(unwrap(await sync({ way, concurrency: 32 }))).toMatchObject({ way, copied: { objects: 3000 }, unsyncedCount: 0 });
  expect(state(two.staging)).toEqual(state(two.production));
  two.s3.calls.length = 0;
  await resume(way);
  // Two equal listings tell all.
  expect([two.s3.count('HeadObject'), two.s3.count('PutObject')]).toEqual([0, 0]);
});

test('a bucket that asks to slow down for a while gets everything in the end', async () => {
  await fill(20);
  const times = new Map<string, number>();
  two.s3.fault = ({ operation, key }) => {
    times.set(key, (times.get(key) ?? 0) + 1);
    return operation === 'PutObject' && times.size < 10 && (times.get(key) ?? 0) <= 2 ? slowDown : undefined;
  };
  expect(unwrap(await sync({ way: 'streamed' }))).toMatchObject({ copied: { objects: 20 }, unsyncedCount: 0 });
  expect(two.s3.calls.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
  await resume();
});

test('a bucket that stops taking objects in the middle is left alone before all have been tried', async () => {
  await fill(1500);
  let taken = 0;
  two.s3.fault = ({ operation }) => (operation === 'PutObject' && ++taken > 100 ? refusal('AccessDenied', 403) : undefined);
  expect(await sync({ way: 'streamed' })).toMatchObject({ ok: false, failure: { code: 'objects-stopped', object: 'AccessDenied' } });
  expect(two.staging.objects.size).toBe(100);
  expect(two.s3.count('PutObject')).toBeLessThan(1500);
  await resume();
});

test('some that are refused among others are named, and stop nothing', async () => {
  await fill(300);
  two.s3.fault = ({ operation, key }) => (operation === 'GetObject' && /[13579]$/.test(key) ? refusal('AccessDenied', 403) : undefined);
  expect(unwrap(await sync({ way: 'streamed' }))).toMatchObject({ copied: { objects: 150 }, unsyncedCount: 150 });
  await resume();
});

test('a clock that S3 finds wrong ends it at once, by its name', async () => {
  await fill(200);
  let taken = 0;
  two.s3.fault = ({ operation }) => (operation === 'PutObject' && ++taken > 20 ? refusal('RequestTimeTooSkewed', 403) : undefined);
  expect(await sync({ way: 'streamed' })).toMatchObject({ ok: false, failure: { cure: expect.stringContaining('clock') } });
  expect(two.s3.count('PutObject')).toBeLessThan(50);
  expect(two.staging.objects.size).toBe(20);
  await resume();
});

test('a token that expires in the middle of an upload ends it; what could not be aborted then is aborted by the next run', async () => {
  await fill(60);
  await putLarge(3);
  const identity = two.s3.identities.find(({ account }) => account === two.staging.owner);
  if (identity === undefined) throw new Error('staging has an identity');
  two.s3.fault = ({ operation }) => {
    if (operation === 'UploadPart') Object.assign(identity, { expired: true });
    return undefined;
  };
  const program = join(import.meta.dirname, '../support/fake-s3/sync-program.ts');
  const child = spawn(process.execPath, [program, two.root, JSON.stringify(two.wish({ way: 'streamed' }))], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  Object.assign(identity, { expired: false });
  expect(stderr).toContain('ExpiredToken');
  expect(two.staging.objects.has('large')).toBe(false);
  expect(two.staging.uploads.size).toBe(1);
  await resume();
});

test('an object that changes between two of its parts is no mixture', async () => {
  await fill(5);
  await putLarge(6);
  let isFirst = true;
  two.s3.fault = async ({ operation, headers }) => {
    if (operation !== 'GetObject' || headers.range === undefined || headers.range.startsWith('bytes=0-') || !isFirst) return undefined;
    isFirst = false;
    await two.s3.put(two.production.name, 'large', 'quite another', { at: lastYear });
    return undefined;
  };
  expect(unwrap(await sync({ way: 'streamed' }))).toMatchObject({ changed: 1, unsyncedCount: 0 });
  expect((await two.s3.read(two.staging.name, 'large')).body.toString()).toBe('quite another');
  await resume();
});
