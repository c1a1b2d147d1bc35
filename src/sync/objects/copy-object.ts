import { createHash } from 'node:crypto';
import { CloudError } from '../../core/cloud-error.ts';
import type { CopySource, NewObject, ObjectChecksum, ObjectFacts, UploadedPart, WrittenObject } from '../../core/object-store.ts';
import type { SameBy } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { withUpload } from './begun-uploads.ts';
import type { ByteBudget } from './byte-budget.ts';
import { compareChecksums, isMd5 } from './compare-objects.ts';
import { OrderedHash } from './ordered-hash.ts';
import { largestPartBytes, ownLayout, type PartLayout, readLayout } from './part-layout.ts';
import type { ObjectsWish } from './wish.ts';
import type { Buckets } from './with-buckets.ts';
import type { CopyEntry } from './write-plan.ts';

const mebibyte = 1024 * 1024;
/** Up to here an object that was uploaded in one piece is copied in one piece, so that its ETag stays the MD5 of its content. */
const wholeBytes = 32 * mebibyte;
/** Parts of larger ones. */
const streamedPartBytes = 16 * mebibyte;
const copiedPartBytes = 512 * mebibyte;
/** CopyObject's limit. */
const largestCopyBytes = 5 * 1024 * mebibyte;
/** Parts of one object at a time. */
const partWindow = 4;

/** What a copy needs besides the object. */
export interface CopyScene {
  readonly context: Context;
  readonly wish: ObjectsWish;
  readonly buckets: Buckets;
  readonly budget: ByteBudget;
}

/** An object that was copied, and what shows that the copy is right. */
export interface CopiedObject {
  readonly targetEtag: string;
  readonly checksum?: ObjectChecksum;
  readonly by: SameBy;
}

/** The copy isn't what was read. */
export class DifferentCopyError extends Error {}

/**
 * Copies one object within S3, as staging's identity.
 *
 * @throws CloudError; DifferentCopyError
 */
export async function copyWithin({ context, wish, buckets }: CopyScene, entry: CopyEntry): Promise<CopiedObject> {
  const { source, target } = buckets;
  const { signal } = context;
  const from: CopySource = { bucket: source.access.bucket, owner: source.access.owner, key: wish.production.prefix + entry.key, etag: entry.etag };
  const to = wish.staging.prefix + entry.key;
  const how = withoutUndefined({ storageClass: wish.storageClass, kmsKeyId: wish.staging.kmsKeyId });
  const read = await readLayout(source, from.key, entry, signal);
  const layout = read ?? (entry.sizeBytes > largestCopyBytes ? ownLayout(entry.sizeBytes, copiedPartBytes) : undefined);
  if (layout === undefined || layout.ranges.length < 2) {
    const written = await target.copy(from, to, { ...how, withTags: wish.tags }, signal);
    // Only what the ETag leaves open is worth another question.
    const facts = written.etag === entry.etag ? undefined : await source.head(from.key, undefined, signal);
    return prove(facts?.etag === entry.etag ? facts : entry, written);
  }
  const facts = await headStill(source.head(from.key, undefined, signal), entry);
  return await withUpload(context, target, to, { ...(await newObject({ wish, buckets }, from.key, facts)), ...how }, async (upload) => {
    const parts: UploadedPart[] = [];
    for (let at = 0; at < layout.ranges.length; at += partWindow)
      parts.push(...(await settled(layout.ranges.slice(at, at + partWindow).map((range, i) => target.copyPart(upload, at + i + 1, from, range, signal)))));
    return prove(facts, await target.completeUpload(upload, parts, undefined, signal));
  });
}

/**
 * Copies one object through this machine: read as production's identity, written as staging's.
 *
 * @throws CloudError; DifferentCopyError
 */
export async function copyThrough(scene: CopyScene, entry: CopyEntry): Promise<CopiedObject> {
  const { context, wish, buckets, budget } = scene;
  const { source, target } = buckets;
  const { signal } = context;
  const from = wish.production.prefix + entry.key;
  const to = wish.staging.prefix + entry.key;
  const read = await readLayout(source, from, entry, signal);
  const fits = read?.ranges.every(({ start, end }) => end - start < largestPartBytes) ?? false;
  const layout = fits ? read : entry.sizeBytes > wholeBytes ? ownLayout(entry.sizeBytes, streamedPartBytes) : undefined;
  if (layout !== undefined && entry.sizeBytes > 0) return await uploadParts(scene, entry, layout);

  return await budget.hold(entry.sizeBytes, async () => {
    const { facts, body } = await source.get(from, { etag: entry.etag }, signal);
    const how = await newObject(scene, from, facts);
    const algorithm = facts.checksum?.type === 'FULL_OBJECT' ? facts.checksum.algorithm : undefined;
    const written = await target.put(to, body, { ...how, ...withoutUndefined({ checksumAlgorithm: algorithm }) }, signal);
    return prove(facts, written, () => createHash('md5').update(body).digest('hex'));
  });
}

async function uploadParts(scene: CopyScene, entry: CopyEntry, layout: PartLayout): Promise<CopiedObject> {
  const { context, wish, buckets, budget } = scene;
  const { source, target } = buckets;
  const { signal } = context;
  const from = wish.production.prefix + entry.key;
  const facts = await headStill(source.head(from, undefined, signal), entry);
  const checksum = uploadChecksum(facts.checksum, layout);
  const how = { ...(await newObject(scene, from, facts)), ...withoutUndefined({ checksumAlgorithm: checksum?.algorithm, checksumType: checksum?.type }) };
  return await withUpload(context, target, wish.staging.prefix + entry.key, how, async (upload) => {
    // With the source's own parts the ETag tells; else the content's MD5 does, where the source's ETag is one.
    const md5 = layout.asSource ? undefined : new OrderedHash();
    const parts: UploadedPart[] = [];
    for (let at = 0; at < layout.ranges.length; at += partWindow) {
      const window = layout.ranges.slice(at, at + partWindow).map((range, i) => {
        const turn = md5?.turn();
        return budget.hold(range.end - range.start + 1, async () => {
          const { body } = await source.get(from, { etag: entry.etag, range }, signal).catch((error: unknown) => {
            turn?.give(error);
            throw error;
          });
          await turn?.take(body);
          return await target.putPart(upload, at + i + 1, body, checksum?.algorithm, signal);
        });
      });
      parts.push(...(await settled(window)));
    }
    return prove(facts, await target.completeUpload(upload, parts, checksum?.type, signal), md5 === undefined ? undefined : () => md5.hex());
  });
}

/** All of them, or the first error once all have ended: none may go on to use an upload that is being aborted. */
async function settled<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return await Promise.all(all);
}

/** A checksum that will be comparable with the source's. */
function uploadChecksum(checksum: ObjectChecksum | undefined, layout: PartLayout): Pick<ObjectChecksum, 'algorithm' | 'type'> | undefined {
  if (checksum === undefined) return undefined;
  if (checksum.type === 'COMPOSITE') return layout.asSource ? checksum : undefined;
  // Of parts S3 can make the whole's checksum only where it is a CRC.
  return checksum.algorithm.startsWith('CRC') ? checksum : undefined;
}

async function newObject({ wish, buckets }: Pick<CopyScene, 'wish' | 'buckets'>, key: string, facts: ObjectFacts): Promise<NewObject> {
  if (facts.unreadableMetadata > 0)
    throw new CloudError({
      operation: 's3:GetObject',
      code: 'UnreadableMetadata',
      message: `${facts.unreadableMetadata} of its metadata entries can’t be carried by HTTP, and would be lost`,
      refused: true,
    });
  const tags = wish.tags && facts.tagCount > 0 ? await buckets.source.tags(key) : undefined;
  return { headers: facts.headers, ...withoutUndefined({ tags, storageClass: wish.storageClass, kmsKeyId: wish.staging.kmsKeyId }) };
}

async function headStill(asked: Promise<ObjectFacts | undefined>, { etag }: CopyEntry): Promise<ObjectFacts> {
  const facts = await asked;
  if (facts?.etag === etag) return facts;
  throw new CloudError({
    operation: 's3:HeadObject',
    code: 'PreconditionFailed',
    message: 'the object isn’t the one that was listed',
    status: 412,
    refused: true,
  });
}

/** What shows that a copy is its source's; throws where something shows that it isn't. @param md5 of the content that was read, as hex */
function prove(source: Pick<ObjectFacts, 'etag' | 'checksum' | 'encryption'> | CopyEntry, written: WrittenObject, md5?: () => string): CopiedObject {
  const copied = { targetEtag: written.etag, ...withoutUndefined({ checksum: written.checksum }) };
  if (written.etag === source.etag) return { ...copied, by: 'etag' };
  const checksum = 'checksum' in source ? source.checksum : undefined;
  const compared = compareChecksums(checksum, written.checksum);
  if (compared === 'equal') return { ...copied, by: 'checksum' };
  if (compared === 'different') throw new DifferentCopyError(`its ${checksum?.algorithm} is ${checksum?.value}, and the copy’s ${written.checksum?.value}`);
  if (md5 !== undefined && isMd5(source)) {
    const read = md5();
    if (read !== source.etag) throw new DifferentCopyError(`its MD5 is ${source.etag}, and that of what was read ${read}`);
    return { ...copied, by: 'checksum' };
  }
  return { ...copied, by: 'time' };
}
