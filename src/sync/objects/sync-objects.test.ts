import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { slowDown } from '../../../test/support/fake-s3/fake-s3.ts';
import { openTwoBuckets, type TwoBuckets } from '../../../test/support/fake-s3/two-buckets.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { planObjects } from './plan-objects.ts';
import { syncObjects } from './sync-objects.ts';

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());
beforeEach(() => two.renew());

const sync = async (change = {}) => unwrap(await syncObjects(two.context, two.wish(change)));
const put = (key: string, content: string | Buffer, headers?: Record<string, string>, at?: Date) =>
  two.s3.put(two.production.name, key, content, { ...(headers === undefined ? {} : { headers }), ...(at === undefined ? {} : { at }) });
const onStaging = async (key: string) => await two.s3.read(two.staging.name, key);
const lastYear = new Date('2025-01-01T00:00:00Z');

const oddKeys = [
  'a b',
  'a+b',
  'a%2Bb',
  'a/../b',
  '/leading',
  'folder/',
  'ü/日本/🐘',
  'ﬁ',
  'a&<>"\'',
  'a\u0001b',
  '?x=y',
  '#',
  'x'.repeat(1024),
  '//',
  'a\\b',
  '~*()!',
];

test('what staging lacks is copied, with its headers and under odd keys too, and then nothing is left to do', async () => {
  for (const key of oddKeys) await put(key, `content of ${key}`, undefined, lastYear);
  await put('empty', '', undefined, lastYear);
  const headers = {
    ...{ 'content-type': 'image/webp', 'cache-control': 'max-age=60', 'content-disposition': 'attachment; filename="a.webp"', 'content-language': 'de' },
    ...{ 'content-encoding': 'br', expires: 'Wed, 21 Oct 2026 07:28:00 GMT', 'x-amz-meta-taken-by': 'Anna', 'x-amz-tagging': 'kind=photo' },
  };
  await put('photo', 'pixels', headers, lastYear);
  const report = await sync({ way: 'streamed', tags: true });
  expect(report).toMatchObject({ way: 'streamed', copied: { objects: oddKeys.length + 2 }, unsyncedCount: 0 });
  expect(report.verified).toMatchObject({ objects: oddKeys.length + 2, by: { etag: oddKeys.length + 2 } });
  expect(two.s3.count('CopyObject')).toBe(0);
  for (const key of oddKeys) expect((await onStaging(key)).body.toString()).toBe(`content of ${key}`);
  const { 'x-amz-tagging': _, expires, ...kept } = headers;
  expect((await onStaging('photo')).headers).toMatchObject(kept);
  expect(two.staging.objects.get('photo')?.headers).toEqual({ expires });
  expect([...(two.staging.objects.get('photo')?.tags ?? [])]).toEqual([['kind', 'photo']]);

  two.s3.calls.length = 0;
  expect(await sync()).toMatchObject({ copied: { objects: 0 }, way: 'none', plan: { same: { etag: oddKeys.length + 2 } } });
  // Two lists that are equal tell all; no object is asked about, and nothing is written.
  expect([two.s3.count('HeadObject'), two.s3.count('CreateMultipartUpload')]).toEqual([0, 0]);
});

test('S3 copies by itself where staging’s identity may read production', async () => {
  two.production.grants.set(two.staging.owner, 'read');
  await put('a', 'a', { 'content-type': 'text/x', 'x-amz-tagging': 'kind=photo' }, lastYear);
  await put('b', 'b', undefined, lastYear);
  expect(await sync()).toMatchObject({ way: 'server-side', copied: { objects: 2 }, verified: { by: { etag: 2 } } });
  expect(two.s3.count('GetObject')).toBe(0);
  expect((await onStaging('a')).headers['content-type']).toBe('text/x');
  expect(two.staging.objects.get('a')?.tags.size).toBe(0);
});

test('where it may not, objects go through this machine, and the report says why', async () => {
  for (let i = 0; i < 20; i++) await put(`${i}`, `${i}`, undefined, lastYear);
  expect(await sync()).toMatchObject({ way: 'streamed', whyStreamed: 's3:CopyObject was answered with AccessDenied', copied: { objects: 20 } });
  // It is tried once.
  expect(two.s3.count('CopyObject')).toBe(1);
});

test('the other account’s credentials are refused before anything is read', async () => {
  await put('a', 'a');
  const { production, ...wish } = two.wish();
  const result = await syncObjects(two.context, { ...wish, production: { ...production, access: { ...production.access, profile: 'staging' } } });
  expect(result).toMatchObject({ ok: false, failure: { code: 'cloud-wrong-account' } });
  expect(new Set(two.s3.calls.map(({ operation }) => operation))).toEqual(new Set(['GetCallerIdentity']));
});

test('a bucket that is missing, elsewhere or somebody else’s is named, on both sides at once', async () => {
  const { production, staging, ...wish } = two.wish();
  const result = await planObjects(two.context, {
    ...wish,
    production: { ...production, bucket: 'nowhere' },
    staging: { ...staging, access: { ...staging.access, region: 'us-west-2' } },
  });
  expect(result).toMatchObject({
    ok: false,
    failure: { code: 'bucket-unusable', problems: [{ object: 'production: s3://nowhere' }, { object: 'sync.objects.staging.region' }] },
  });
  const others = await planObjects(two.context, { ...wish, production, staging: { ...staging, owner: '999999999999' } });
  expect(others).toMatchObject({ ok: false, failure: { code: 'bucket-unusable', rootCause: 'privileges' } });
});

test('only what differs is copied: by size, by content, and by headers', async () => {
  for (const key of ['same', 'longer', 'other', 'retyped']) await put(key, 'abc', { 'content-type': 'text/plain' }, lastYear);
  await sync();
  await put('longer', 'abcd');
  await put('other', 'xyz');
  // Written after staging's copy, to be told from it by the second.
  await put('retyped', 'abc', { 'content-type': 'image/png' }, new Date(Date.now() + 5_000));
  two.s3.calls.length = 0;
  const report = await sync();
  expect(report.plan).toMatchObject({
    copy: { absent: { objects: 0 }, size: { objects: 1 }, content: { objects: 1 }, headers: { objects: 1 } },
    same: { etag: 1 },
  });
  expect(two.s3.count('PutObject')).toBe(3);
  expect((await onStaging('retyped')).headers['content-type']).toBe('image/png');
});

test('what production lacks is deleted only when that is asked for, and never by an empty source', async () => {
  await put('kept', 'kept', undefined, lastYear);
  for (const key of ['gone', 'tmp/excluded']) await two.s3.put(two.staging.name, key, 'x');
  expect(unwrap(await planObjects(two.context, two.wish({ delete: true }))).report).toMatchObject({
    surplus: { objects: 2, asked: true },
    examples: { surplus: ['gone', 'tmp/excluded'] },
  });
  expect((await sync()).deleted.objects).toBe(0);
  expect(two.staging.objects.size).toBe(3);
  expect((await sync({ delete: true, exclude: ['tmp/*'] })).deleted.objects).toBe(1);
  expect([...two.staging.objects.keys()].toSorted()).toEqual(['kept', 'tmp/excluded']);
  two.production.remove('kept');
  expect(await syncObjects(two.context, two.wish({ delete: true }))).toMatchObject({ ok: false, failure: { code: 'objects-source-empty' } });
  expect(two.staging.objects.size).toBe(2);
});

test('an object that was uploaded in parts keeps them, and so its ETag', async () => {
  const content = Buffer.alloc(5 * 1024 * 1024 + 1000, 'parts');
  await two.s3.put(two.production.name, 'small', 'x', { at: lastYear });
  const source = await uploadInParts(content, 5 * 1024 * 1024);
  expect(await sync()).toMatchObject({ copied: { objects: 2 }, verified: { by: { etag: 2 } } });
  const copy = two.staging.objects.get('large');
  expect(copy?.etag).toBe(source);
  expect(copy?.partSizes).toEqual([5 * 1024 * 1024, 1000]);
  expect([two.staging.uploads.size, (await two.context.ledger.list()).length]).toEqual([0, 0]);
});

async function uploadInParts(content: Buffer, partBytes: number): Promise<string> {
  const { access, account, bucket } = two.wish().production;
  await using store = unwrap(await two.context.edge.objects.open({ ...access, bucket, owner: account }));
  const upload = await store.beginUpload('large', { headers: { metadata: {} } });
  const parts = [];
  for (let at = 0; at < content.length; at += partBytes) parts.push(await store.putPart(upload, parts.length + 1, content.subarray(at, at + partBytes)));
  await store.completeUpload(upload, parts);
  const stored = two.production.objects.get('large');
  if (stored === undefined) throw new Error('it was uploaded');
  stored.lastModified = lastYear;
  return stored.etag;
}

test('KMS on either side leaves checksums to compare by', async () => {
  two.staging.kms = true;
  await put('a', 'aaa', undefined, lastYear);
  expect(await sync()).toMatchObject({ copied: { objects: 1 }, verified: { by: { checksum: 1 } } });
  expect(await sync()).toMatchObject({ copied: { objects: 0 }, plan: { same: { checksum: 1, etag: 0 } } });
  // The same size and another content, and staging's is younger.
  await put('a', 'bbb', undefined, lastYear);
  expect((await sync()).copied.objects).toBe(1);
});

test('answers that are lost, cut or spoilt on their way, and a bucket that is too busy, change nothing in the end', async () => {
  for (let i = 0; i < 12; i++) await put(`${i}`, `content ${i} `.repeat(5000), undefined, lastYear);
  const seen = new Map<string, number>();
  two.s3.fault = ({ operation, key }) => {
    const times = seen.get(operation + key) ?? 0;
    seen.set(operation + key, times + 1);
    if (times > 0) return undefined;
    if (operation === 'GetObject') return key < '4' ? { what: 'cut', afterBytes: 1000 } : key < '7' ? { what: 'spoil' } : { what: 'drop' };
    if (operation === 'PutObject') return key < '6' ? { what: 'lose' } : undefined;
    return operation === 'ListObjectsV2' ? slowDown : undefined;
  };
  const report = await sync({ way: 'streamed' });
  two.s3.fault = () => undefined;
  expect(report).toMatchObject({ copied: { objects: 12 }, unsyncedCount: 0, verified: { objects: 12, by: { etag: 12 } } });
  for (let i = 0; i < 12; i++) expect((await onStaging(`${i}`)).body.toString()).toBe(`content ${i} `.repeat(5000));
});

test('an object that changes while it is copied is copied again; one that comes is copied too', async () => {
  await put('a', 'before', undefined, lastYear);
  let isFirst = true;
  two.s3.fault = async ({ operation }) => {
    if (operation === 'GetObject' && isFirst) {
      isFirst = false;
      await put('a', 'after!', undefined, lastYear);
      await put('late', 'late', undefined, lastYear);
    }
    return undefined;
  };
  expect(await sync({ way: 'streamed' })).toMatchObject({ changed: 1, copied: { objects: 2 }, unsyncedCount: 0 });
  expect((await onStaging('a')).body.toString()).toBe('after!');
});

test('archived objects and those that may not be read are named, and the others copied', async () => {
  await put('archived', 'x', { 'x-amz-storage-class': 'GLACIER' }, lastYear);
  for (const key of ['secret', 'public']) await put(key, 'x', undefined, lastYear);
  two.s3.fault = ({ operation, key }) => (operation === 'GetObject' && key === 'secret' ? { what: 'error', code: 'AccessDenied', status: 403 } : undefined);
  const report = await sync({ way: 'streamed', delete: true });
  expect(report).toMatchObject({ copied: { objects: 1 }, unsyncedCount: 2, verified: { objects: 1 } });
  expect(report.unsynced.map(({ key, code }) => [key, code])).toEqual([
    ['secret', 'AccessDenied'],
    ['archived', 'archived'],
  ]);
});

test('where all are refused, it stops after a few', async () => {
  for (let i = 0; i < 200; i++) await put(`${i}`, 'x', undefined, lastYear);
  two.s3.fault = ({ operation }) => (operation === 'GetObject' ? { what: 'error', code: 'AccessDenied', status: 403 } : undefined);
  expect(await syncObjects(two.context, two.wish({ way: 'streamed' }))).toMatchObject({
    ok: false,
    failure: { code: 'objects-stopped', object: 'AccessDenied' },
  });
  expect(two.s3.count('GetObject')).toBeLessThan(50);
});

test('a bucket that takes nothing is found out before production is read', async () => {
  await put('a', 'a');
  two.s3.fault = ({ operation }) => (operation === 'CreateMultipartUpload' ? { what: 'error', code: 'AccessDenied', status: 403 } : undefined);
  expect(await syncObjects(two.context, two.wish())).toMatchObject({ ok: false, failure: { code: 'bucket-unusable', rootCause: 'privileges' } });
  expect(two.s3.count('GetObject') + two.s3.count('CopyObject')).toBe(0);
  expect(await two.context.ledger.list()).toEqual([]);
});

test('too many objects become a job for S3 Batch Operations, and none is copied', async () => {
  for (const key of ['a,b', 'ü "1"']) await put(`images/${key}`, 'x', undefined, lastYear);
  const given = { batchAbove: 1, batch: { roleArn: 'arn:aws:iam::222222222222:role/copy', manifestBucket: 'manifests', manifestPrefix: 'jobs/' } };
  const wish = two.wish(given);
  expect(unwrap(await syncObjects(two.context, wish))).toMatchObject({ way: 'batch-job', copied: { objects: 0 } });
  expect(readFileSync(join(wish.folder, 'objects-batch-manifest.csv'), 'utf8')).toBe(
    `${two.production.name},images%2Fa%2Cb\n${two.production.name},images%2F%C3%BC%20%221%22\n`,
  );
  expect(two.staging.objects.size).toBe(0);
  const { batch: _, ...without } = given;
  expect(await syncObjects(two.context, two.wish(without))).toMatchObject({ ok: false, failure: { code: 'objects-stopped' } });
});
