import { setTimeout as delay } from 'node:timers/promises';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { CloudError } from '../../core/cloud-error.ts';
import type { Bucket, BucketAccess, ByteRange, CopySource, ListedObject, ListedUpload, UploadedPart, WrittenObject } from '../../core/object-store.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { toCloudError, wasRepeated } from './cloud-error.ts';
import { bareEtag, storageParameters, toChecksum, toFacts, toParameters } from './object-facts.ts';
import { watchClock } from './watch-clock.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Tries of one download whose connection breaks in the middle: the SDK tries only up to where the body begins. */
const downloads = 5;

/** S3's calls on one bucket. Each says whose the bucket has to be. */
export function openBucket(sdk: Sdk, client: S3Client, access: BucketAccess): Bucket {
  const ours = { Bucket: access.bucket, ExpectedBucketOwner: access.owner };
  /** Throws CloudError. */
  async function send<T>(name: string, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw bucketError(access.bucket, `s3:${name}`, error);
    }
  }
  const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

  return {
    access,
    clockMs: watchClock(client),
    async inspect(signal) {
      const { BucketRegion: region } = await send('HeadBucket', client.send(new sdk.HeadBucketCommand(ours), options(signal))).catch((error: CloudError) => {
        const elsewhere = regionOf(error.cause);
        if (elsewhere === undefined) throw error;
        return { BucketRegion: elsewhere };
      });
      const versioning = await send('GetBucketVersioning', client.send(new sdk.GetBucketVersioningCommand(ours), options(signal))).catch(() => undefined);
      const versioned = versioning === undefined ? undefined : versioning.Status !== undefined;
      return withoutUndefined({ region, versioned });
    },

    async *list(prefix, signal) {
      let token: string | undefined;
      do {
        const page = await send(
          'ListObjectsV2',
          // Keys may have characters that XML can't, so they come encoded as in URLs.
          client.send(
            new sdk.ListObjectsV2Command({ ...ours, Prefix: prefix, EncodingType: 'url', ...withoutUndefined({ ContinuationToken: token }) }),
            options(signal),
          ),
        );
        const decode = page.EncodingType === 'url' ? fromUrl : (text: string) => text;
        yield (page.Contents ?? []).map(
          ({ Key = '', Size = 0, ETag, LastModified, StorageClass }): ListedObject => ({
            key: decode(Key),
            sizeBytes: Size,
            etag: bareEtag(ETag),
            lastModifiedMs: LastModified?.getTime() ?? 0,
            storageClass: StorageClass ?? 'STANDARD',
          }),
        );
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        if (page.IsTruncated === true && token === undefined)
          throw new Error(`${access.bucket}: a page of its listing says that there are more, and not where`);
      } while (token !== undefined);
    },

    async head(key, part, signal) {
      try {
        const given = { ...ours, Key: key, ChecksumMode: 'ENABLED' as const, ...withoutUndefined({ PartNumber: part }) };
        return toFacts(await send('HeadObject', client.send(new sdk.HeadObjectCommand(given), options(signal))));
      } catch (error) {
        if (error instanceof CloudError && error.status === 404 && error.code !== 'NoSuchBucket') return undefined;
        throw error;
      }
    },

    async get(key, { etag, range }, signal) {
      const given = { ...ours, Key: key, IfMatch: `"${etag}"`, ChecksumMode: 'ENABLED' as const, ...(range === undefined ? {} : { Range: rangeText(range) }) };
      for (let attempt = 1; ; attempt++) {
        const answer = await send('GetObject', client.send(new sdk.GetObjectCommand(given), options(signal)));
        try {
          return { facts: toFacts(answer), body: await readWhole(answer.Body as AsyncIterable<Buffer>, answer.ContentLength ?? 0) };
        } catch (error) {
          signal?.throwIfAborted();
          if (attempt === downloads) throw bucketError(access.bucket, 's3:GetObject', error);
          await delay(50 * 2 ** attempt * (0.5 + Math.random()), undefined, waiting(signal));
        }
      }
    },

    async tags(key, signal) {
      const { TagSet = [] } = await send('GetObjectTagging', client.send(new sdk.GetObjectTaggingCommand({ ...ours, Key: key }), options(signal)));
      return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
    },

    async put(key, body, how, signal) {
      const given = { ...ours, Key: key, Body: body, ContentLength: body.length, ...toParameters(how) };
      return toWritten(await send('PutObject', client.send(new sdk.PutObjectCommand(given), options(signal))));
    },

    async copy(source, key, { withTags, ...how }, signal) {
      const given = {
        ...ours,
        ...sourceParameters(source),
        Key: key,
        MetadataDirective: 'COPY' as const,
        // Copies take tags along unless they are told to have others, and none are others.
        TaggingDirective: withTags ? ('COPY' as const) : ('REPLACE' as const),
        ...storageParameters(how),
      };
      const { CopyObjectResult = {} } = await send('CopyObject', client.send(new sdk.CopyObjectCommand(given), options(signal)));
      return toWritten(CopyObjectResult);
    },

    async beginUpload(key, { checksumType, ...how }, signal) {
      const given = { ...ours, Key: key, ...toParameters(how), ...withoutUndefined({ ChecksumType: checksumType }) };
      const { UploadId, $metadata } = await send('CreateMultipartUpload', client.send(new sdk.CreateMultipartUploadCommand(given), options(signal)));
      if (UploadId === undefined) throw new Error(`${access.bucket}: an upload was begun that has no id`);
      return { key, uploadId: UploadId, isRepeated: wasRepeated($metadata) };
    },

    async putPart({ key, uploadId }, partNumber, body, checksumAlgorithm, signal) {
      const part = { Key: key, UploadId: uploadId, PartNumber: partNumber, Body: body, ContentLength: body.length };
      const given = { ...ours, ...part, ...withoutUndefined({ ChecksumAlgorithm: checksumAlgorithm }) };
      return toPart(partNumber, await send('UploadPart', client.send(new sdk.UploadPartCommand(given), options(signal))));
    },

    async copyPart({ key, uploadId }, partNumber, source, range, signal) {
      const part = { Key: key, UploadId: uploadId, PartNumber: partNumber, CopySourceRange: rangeText(range) };
      const given = { ...ours, ...sourceParameters(source), ...part };
      const { CopyPartResult = {} } = await send('UploadPartCopy', client.send(new sdk.UploadPartCopyCommand(given), options(signal)));
      return toPart(partNumber, CopyPartResult);
    },

    async completeUpload({ key, uploadId }, parts, checksumType, signal) {
      const given = {
        ...ours,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: { Parts: parts.map(fromPart) },
        ...withoutUndefined({ ChecksumType: checksumType }),
      };
      return toWritten(await send('CompleteMultipartUpload', client.send(new sdk.CompleteMultipartUploadCommand(given), options(signal))));
    },

    async abortUpload({ key, uploadId }, signal) {
      const given = { ...ours, Key: key, UploadId: uploadId };
      await send('AbortMultipartUpload', client.send(new sdk.AbortMultipartUploadCommand(given), options(signal))).catch((error: CloudError) => {
        if (error.code !== 'NoSuchUpload') throw error;
      });
    },

    async listUploads(key, signal) {
      const found: ListedUpload[] = [];
      let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (marker !== undefined) {
        const given: object = { ...ours, Prefix: key, EncodingType: 'url', ...marker };
        const page = await send('ListMultipartUploads', client.send(new sdk.ListMultipartUploadsCommand({ ...ours, ...given }), options(signal)));
        const decode = page.EncodingType === 'url' ? fromUrl : (text: string) => text;
        for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
          if (decode(Key) === key) found.push({ key, uploadId: UploadId, initiatedMs: Initiated?.getTime() ?? 0 });
        marker =
          page.IsTruncated === true
            ? withoutUndefined({
                KeyMarker: page.NextKeyMarker === undefined ? undefined : decode(page.NextKeyMarker),
                UploadIdMarker: page.NextUploadIdMarker,
              })
            : undefined;
      }
      return found;
    },

    async remove(keys, signal) {
      // What XML can't hold is deleted one by one.
      const alone = keys.filter((key) => notInXml.test(key));
      const together = keys.filter((key) => !notInXml.test(key));
      for (const key of alone) await send('DeleteObject', client.send(new sdk.DeleteObjectCommand({ ...ours, Key: key }), options(signal)));
      if (together.length === 0) return [];
      const given = { ...ours, Delete: { Quiet: true, Objects: together.map((Key) => ({ Key })) } };
      const { Errors = [] } = await send('DeleteObjects', client.send(new sdk.DeleteObjectsCommand(given), options(signal)));
      return Errors.map(({ Key = '', Code = 'Unknown', Message = '' }) => ({ key: Key, code: Code, message: Message }));
    },

    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 doesn't have.
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

const waiting = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
const rangeText = ({ start, end }: ByteRange) => `bytes=${start}-${end}`;

function sourceParameters({ bucket, owner, key, etag }: CopySource) {
  const encoded = key.split('/').map(encodeURIComponent).join('/');
  return { CopySource: `${bucket}/${encoded}`, CopySourceIfMatch: `"${etag}"`, ExpectedSourceBucketOwner: owner };
}

function toWritten(answer: { readonly ETag?: string | undefined }): WrittenObject {
  return { etag: bareEtag(answer.ETag), ...withoutUndefined({ checksum: toChecksum(answer) }) };
}

function toPart(partNumber: number, answer: { readonly ETag?: string | undefined }): UploadedPart {
  const { checksum } = toWritten(answer);
  return { partNumber, etag: bareEtag(answer.ETag), ...withoutUndefined({ checksum }) };
}

function fromPart({ partNumber, etag, checksum }: UploadedPart): CompletedPart {
  return { PartNumber: partNumber, ETag: `"${etag}"`, ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }) };
}

function fromUrl(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

async function readWhole(body: AsyncIterable<Buffer>, sizeBytes: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for await (const chunk of body) {
    if (at + chunk.length > sizeBytes) throw new Error(`more bytes came than were announced (${sizeBytes})`);
    at += chunk.copy(whole, at);
  }
  if (at !== sizeBytes) throw new Error(`the connection ended after ${at} of ${sizeBytes} bytes`);
  return whole;
}

/** Says which bucket it was. HEAD's refusals have no body, and so no code: the status tells. */
function bucketError(bucket: string, operation: string, error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  const made = toCloudError(operation, error);
  const byStatus: Readonly<Record<number, string>> = { 301: 'PermanentRedirect', 403: 'AccessDenied', 404: 'NotFound', 412: 'PreconditionFailed' };
  const code = /^(Unknown|UnknownError|Error|\d+|)$/.test(made.code) ? (byStatus[made.status ?? 0] ?? made.code) : made.code;
  const { status, refused, repeated } = made;
  return new CloudError({ operation, code, message: `${bucket}: ${made.message}`, status, refused, repeated, cause: error });
}

function regionOf(error: unknown): string | undefined {
  const { $response } = (error ?? {}) as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
}
