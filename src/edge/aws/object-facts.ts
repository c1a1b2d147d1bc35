import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  type NewObject,
  type ObjectChecksum,
  type ObjectFacts,
  type ObjectHeaders,
} from '../../core/object-store.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

type Answer = Omit<GetObjectCommandOutput, 'Body'> | HeadObjectCommandOutput;

/** What an answer of S3 says of an object. */
export function toFacts(answer: Answer): ObjectFacts {
  const { ContentRange, ContentLength = 0, PartsCount, ServerSideEncryption, MissingMeta = 0, TagCount = 0, LastModified } = answer;
  const checksum = toChecksum(answer);
  return {
    // Of a range the length is the range's; the object's own stands behind the slash.
    sizeBytes: ContentRange === undefined ? ContentLength : Number(ContentRange.split('/').at(-1)),
    etag: bareEtag(answer.ETag),
    lastModifiedMs: LastModified?.getTime() ?? 0,
    headers: toHeaders(answer),
    tagCount: TagCount,
    unreadableMetadata: MissingMeta,
    ...withoutUndefined({
      checksum,
      encryption: ServerSideEncryption,
      part: PartsCount === undefined ? undefined : { count: PartsCount, sizeBytes: ContentLength },
    }),
  };
}

function toHeaders(answer: Answer): ObjectHeaders {
  return {
    ...withoutUndefined({
      contentType: answer.ContentType,
      contentEncoding: answer.ContentEncoding,
      contentLanguage: answer.ContentLanguage,
      contentDisposition: answer.ContentDisposition,
      cacheControl: answer.CacheControl,
      expires: answer.ExpiresString,
      websiteRedirectLocation: answer.WebsiteRedirectLocation,
    }),
    metadata: answer.Metadata ?? {},
  };
}

/** S3 keeps one checksum an object; an answer has it under the name of its algorithm. */
export function toChecksum(answer: object): ObjectChecksum | undefined {
  const fields = answer as { readonly [name: string]: unknown };
  for (const algorithm of checksumAlgorithms) {
    const value = fields[`Checksum${algorithm}`];
    if (typeof value !== 'string') continue;
    // Services that know no ChecksumType mark composites by the number of parts, as S3 does too.
    const isComposite = fields.ChecksumType === 'COMPOSITE' || /-\d+$/.test(value);
    return { algorithm, type: isComposite ? 'COMPOSITE' : 'FULL_OBJECT', value };
  }
  return undefined;
}

/** The parameters of PutObject and CreateMultipartUpload that say how the object is to be. */
export function toParameters({ headers, tags, storageClass, kmsKeyId, checksumAlgorithm }: NewObject): object {
  return withoutUndefined({
    ContentType: headers.contentType,
    ContentEncoding: headers.contentEncoding,
    ContentLanguage: headers.contentLanguage,
    ContentDisposition: headers.contentDisposition,
    CacheControl: headers.cacheControl,
    Expires: dateOf(headers.expires),
    WebsiteRedirectLocation: headers.websiteRedirectLocation,
    Metadata: headers.metadata,
    Tagging: tags === undefined ? undefined : new URLSearchParams(tags).toString(),
    ...storageParameters({ storageClass, kmsKeyId, checksumAlgorithm }),
  });
}

/** What CopyObject takes too, since a copy has neither of its source's. */
export function storageParameters(how: {
  readonly storageClass?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}): object {
  return withoutUndefined({
    StorageClass: how.storageClass,
    ServerSideEncryption: how.kmsKeyId === undefined ? undefined : 'aws:kms',
    SSEKMSKeyId: how.kmsKeyId,
    ChecksumAlgorithm: how.checksumAlgorithm,
  });
}

/** An `Expires` that isn't a date can't be written by the SDK; browsers take such a one for long past. */
function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/** Answers have quotation marks around it, listings sometimes don't. */
export function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
