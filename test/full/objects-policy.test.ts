import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IamPolicy } from '../../src/core/iam.ts';
import type { Bucket } from '../../src/core/object-store.ts';
import { objectsPolicy } from '../../src/sync/objects/objects-policy.ts';
import { syncObjects } from '../../src/sync/objects/sync-objects.ts';
import { openTwoBuckets, type TwoBuckets } from '../support/fake-s3/two-buckets.ts';
import { unwrap } from '../support/unwrap.ts';

let two: TwoBuckets;
beforeAll(async () => {
  two = await openTwoBuckets();
});
afterAll(() => two[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const identity of two.s3.identities) delete identity.policy;
  await two.renew();
  two.production.grants.set(two.staging.owner, 'read');
  for (const key of ['a', 'b']) await two.s3.put(two.production.name, `files/${key}`, key, { headers: { 'x-amz-tagging': 'kind=photo' } });
  await two.s3.put(two.staging.name, 'copies/gone', 'x');
});

type Side = 'production' | 'staging';
const sides: readonly Side[] = ['production', 'staging'];
const prefixes = { production: 'files/', staging: 'copies/' };
const most = { way: 'server-side', tags: true, delete: true } as const;

const side = (name: Side) => ({ bucket: two[name].name, prefix: prefixes[name], region: two[name].region, account: two[name].owner });
const policyOf = (name: Side, change: object = {}) =>
  objectsPolicy(name, { production: side('production'), staging: side('staging'), ...most, ...change } as Parameters<typeof objectsPolicy>[1]);
const actionsOf = ({ Statement }: IamPolicy) => Statement.flatMap(({ Sid, Action }) => Action.map((action) => ({ sid: Sid, action })));

function obey(name: Side, policy: IamPolicy): void {
  const identity = two.s3.identities.find(({ account }) => account === two[name].owner);
  if (identity !== undefined) identity.policy = policy;
}

async function sync(change: object = {}): Promise<{ readonly ok: boolean; readonly copied?: number }> {
  const { production, staging, ...rest } = two.wish({ ...most, ...change });
  const sided = { production: { ...production, prefix: 'files/' }, staging: { ...staging, prefix: 'copies/' } };
  const done = await syncObjects(two.context, { ...rest, ...sided });
  return done.ok ? { ok: done.value.unsyncedCount === 0, copied: done.value.copied.objects } : { ok: false };
}

test.each(['server-side', 'streamed', 'auto'] as const)('with them objects are synced %s, and what is gone is deleted', async (way) => {
  for (const name of sides) obey(name, policyOf(name, { way }));
  expect(await sync({ way })).toEqual({ ok: true, copied: 2 });
  expect(two.staging.objects.has('copies/gone')).toBe(false);
  expect([...(two.staging.objects.get('copies/a')?.tags ?? [])]).toEqual([['kind', 'photo']]);
});

/** Each call of a bucket, as staging's identity makes it on its own bucket, or production's where it only reads. */
type Call = Exclude<keyof Bucket, 'access' | 'clockMs' | symbol>;
const head = { headers: { metadata: {} } };
const calls: Readonly<Record<Call, (target: Bucket, source: Bucket) => Promise<unknown>>> = {
  async inspect(target) {
    // That it may not be known whether a bucket keeps versions is no error.
    if ((await target.inspect()).versioned === undefined) throw new Error('unknown');
  },
  async list(target) {
    for await (const page of target.list('copies/')) expect(page.length).toBeGreaterThan(0);
  },
  head: (target) => target.head('copies/gone'),
  async get(target) {
    const { etag = '' } = two.staging.objects.get('copies/gone') ?? {};
    await target.get('copies/gone', { etag: etag.replaceAll('"', '') });
  },
  tags: (_, source) => source.tags('files/a'),
  put: (target) => target.put('copies/new', Buffer.from('x'), { ...head, tags: { kind: 'photo' } }),
  copy: (target) => target.copy(sourceOf(), 'copies/a', { withTags: true }),
  beginUpload: (target) => target.beginUpload('copies/large', head),
  putPart: async (target) => await target.putPart(await begun(), 1, Buffer.from('x')),
  copyPart: async (target) => await target.copyPart(await begun(), 1, sourceOf('files/large'), { start: 0, end: 0 }),
  async completeUpload(target) {
    const upload = await begun();
    await target.completeUpload(upload, [await asOwner((bucket) => bucket.putPart(upload, 1, Buffer.from('x')))]);
  },
  abortUpload: async (target) => await target.abortUpload(await begun()),
  listUploads: (target) => target.listUploads('copies/large'),
  async remove(target) {
    expect(await target.remove(['copies/gone'])).toEqual([]);
  },
};

function sourceOf(key = 'files/a') {
  const { etag = '' } = two.production.objects.get(key) ?? {};
  return { bucket: two.production.name, owner: two.production.owner, key, etag: etag.replaceAll('"', '') };
}

async function open(name: Side): Promise<Bucket> {
  const { access, bucket, owner } = two.wish()[name];
  return unwrap(await two.context.edge.objects.open({ ...access, bucket, owner }));
}

/** What went before a call is nothing that the call's right is about. */
async function asOwner<T>(use: (target: Bucket) => Promise<T>): Promise<T> {
  const identity = two.s3.identities.find(({ account }) => account === two.staging.owner);
  const policy = identity?.policy;
  if (identity !== undefined) delete identity.policy;
  await using target = await open('staging');
  const result = await use(target);
  if (identity !== undefined && policy !== undefined) identity.policy = policy;
  return result;
}

const begun = () => asOwner((target) => target.beginUpload('copies/large', head));

/** Those that are refused. */
async function refusedCalls(): Promise<readonly string[]> {
  await using target = await open('staging');
  await using source = await open('production');
  const refused: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    await two.s3.put(two.staging.name, 'copies/gone', 'x');
    await call(target, source).catch((error: unknown) => refused.push(`${name}: ${error}`));
  }
  return refused;
}

test('every call that a bucket knows is permitted, and without any one right one of them isn’t', async () => {
  // S3 copies ranges of objects above 5 MiB only.
  await two.s3.put(two.production.name, 'files/large', Buffer.alloc(5 * 1024 ** 2 + 1));
  for (const name of sides) obey(name, policyOf(name));
  expect(await refusedCalls()).toEqual([]);
  // Staging's role reads production's bucket in a copy only; production's lists and reads it.
  for (const { sid, action } of actionsOf(policyOf('staging'))) {
    const lacking = policyOf('staging').Statement.map((one) => (one.Sid === sid ? { ...one, Action: one.Action.filter((given) => given !== action) } : one));
    obey('staging', { Version: '2012-10-17', Statement: lacking });
    expect(await refusedCalls(), `${sid} without ${action}`).not.toEqual([]);
  }
  obey('staging', policyOf('staging'));
  for (const { sid, action } of actionsOf(policyOf('production'))) {
    const lacking = policyOf('production').Statement.map((one) => (one.Sid === sid ? { ...one, Action: one.Action.filter((given) => given !== action) } : one));
    obey('production', { Version: '2012-10-17', Statement: lacking });
    expect((await sync({ way: 'streamed' })).ok, `${sid} without ${action}`).toBe(false);
  }
});

test('what isn’t asked for isn’t permitted', async () => {
  const actions = (change: object, name: Side = 'staging') => actionsOf(policyOf(name, change)).map(({ action }) => action);
  expect(actions({ delete: false })).not.toContain('s3:DeleteObject');
  expect(actions({ tags: false }).filter((action) => action.includes('Tagging'))).toEqual([]);
  expect(actions({}, 'production')).toEqual(['s3:ListBucket', 's3:GetObject', 's3:GetObjectTagging']);
  for (const name of sides) obey(name, policyOf(name, { way: 'streamed', delete: false }));
  await using target = await open('staging');
  await using source = await open('production');
  await expect(target.copy(sourceOf(), 'copies/a', { withTags: false })).rejects.toThrow('s3:GetObject');
  await expect(target.remove(['copies/gone'])).rejects.toThrow('s3:DeleteObject');
  await expect(target.put('elsewhere', Buffer.from('x'), head)).rejects.toThrow('s3:PutObject');
  two.production.grants.set(two.production.owner, 'write');
  await expect(source.put('files/a', Buffer.from('x'), head)).rejects.toThrow('s3:PutObject');
});

test('a prefix with signs of IAM’s own is that prefix only', () => {
  const { Statement } = objectsPolicy('production', { ...most, production: { ...side('production'), prefix: 'a*?$/' }, staging: side('staging') });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of IAM's
  expect(Statement.at(-1)?.Resource.join()).toContain('/a${*}${?}${$}/*');
});
