import type { AwsAccess } from './aws.ts';
import type { Result } from './result.ts';

/** A bucket, as whom it is spoken to, and whose it has to be. */
export interface BucketAccess extends AwsAccess {
  readonly bucket: string;
  /** The account that owns the bucket. Said with every call: a bucket of the same name that is somebody else's refuses them all. */
  readonly owner: string;
}

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Without its quotation marks. The MD5 of the content, unless it ends with `-` and a number of parts, or the object is encrypted with a key of KMS. */
  readonly etag: string;
  /** Milliseconds since 1970; S3 knows whole seconds. */
  readonly lastModifiedMs: number;
  /** `STANDARD` where the listing names none. */
  readonly storageClass: string;
}

export const checksumAlgorithms = ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA256', 'SHA1'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** What S3 keeps beside an object's content to prove it by. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** `COMPOSITE`: a checksum of the parts' checksums, which depends on where the parts end. */
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  /** Base64. */
  readonly value: string;
}

/** What goes with an object's content when it is downloaded. */
export interface ObjectHeaders {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  /** As it was written: an HTTP date, though S3 keeps any text. */
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
  /** The team's own, names in small letters. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** All that can be known of an object without its content. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly headers: ObjectHeaders;
  readonly checksum?: ObjectChecksum;
  /** `AES256`, `aws:kms`, `aws:kms:dsse`; absent where S3 doesn't say. */
  readonly encryption?: string;
  readonly tagCount: number;
  /** Entries of its metadata that HTTP can't carry; reading and writing it would lose them. */
  readonly unreadableMetadata: number;
  /** Of the part that was asked about: how many there are, and how long this one is. */
  readonly part?: { readonly count: number; readonly sizeBytes: number };
}

/** Bytes from `start` to `end`, both counted. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** How an object is to be written. */
export interface NewObject {
  readonly headers: ObjectHeaders;
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  /** A key of KMS; the bucket's own encryption unless given. */
  readonly kmsKeyId?: string;
  /** Which checksum S3 is to keep; the SDK's unless given. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
}

/** The object that a copy is made from, as it has to be still. */
export interface CopySource {
  readonly bucket: string;
  readonly owner: string;
  readonly key: string;
  readonly etag: string;
}

/** An upload in parts that was begun. */
export interface Upload {
  readonly key: string;
  readonly uploadId: string;
}

/** One that this process has just begun. */
export interface BegunUpload extends Upload {
  /** The call was made again, since no answer came: the first one may have begun another upload, whose id nobody knows. */
  readonly isRepeated: boolean;
}

/** A begun upload as the bucket lists it. */
export interface ListedUpload extends Upload {
  readonly initiatedMs: number;
}

export interface UploadedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/** What S3 said of an object that it took. */
export interface WrittenObject {
  readonly etag: string;
  readonly checksum?: ObjectChecksum;
}

/** One bucket, as one identity. Methods throw CloudError, whose operation is the call's name in policies. */
export interface Bucket extends AsyncDisposable {
  readonly access: BucketAccess;
  /** What S3's own clock shows, in milliseconds since 1970, going on from its latest answer; undefined before there is one. S3 tells whole seconds. */
  clockMs(): number | undefined;
  /** The bucket's region, and whether it keeps old versions; that only where the identity may know. s3:HeadBucket, s3:GetBucketVersioning */
  inspect(signal?: AbortSignal): Promise<{ readonly region?: string; readonly versioned?: boolean }>;
  /** Pages of up to 1,000 objects in the order of their keys' UTF-8 bytes. s3:ListObjectsV2 */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<readonly ListedObject[]>;
  /** Undefined where there is no such object. With `part`, the checksum is that part's. s3:HeadObject */
  head(key: string, part?: number, signal?: AbortSignal): Promise<ObjectFacts | undefined>;
  /** Into memory, whole or a range. Refused with `PreconditionFailed` where the object isn't that one any more. s3:GetObject */
  get(
    key: string,
    given: { readonly etag: string; readonly range?: ByteRange },
    signal?: AbortSignal,
  ): Promise<{ readonly facts: ObjectFacts; readonly body: Buffer }>;
  /** s3:GetObjectTagging */
  tags(key: string, signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** s3:PutObject */
  put(key: string, body: Buffer, how: NewObject, signal?: AbortSignal): Promise<WrittenObject>;
  /** Copies within S3, headers and metadata included; at most 5 GiB. Tags come along unless `how` has some. s3:CopyObject */
  copy(
    source: CopySource,
    key: string,
    how: Pick<NewObject, 'storageClass' | 'kmsKeyId' | 'checksumAlgorithm'> & { readonly withTags: boolean },
    signal?: AbortSignal,
  ): Promise<WrittenObject>;
  /** s3:CreateMultipartUpload */
  beginUpload(key: string, how: NewObject & { readonly checksumType?: ObjectChecksum['type'] }, signal?: AbortSignal): Promise<BegunUpload>;
  /** s3:UploadPart */
  putPart(upload: Upload, partNumber: number, body: Buffer, checksumAlgorithm?: ChecksumAlgorithm, signal?: AbortSignal): Promise<UploadedPart>;
  /** s3:UploadPartCopy */
  copyPart(upload: Upload, partNumber: number, source: CopySource, range: ByteRange, signal?: AbortSignal): Promise<UploadedPart>;
  /** s3:CompleteMultipartUpload */
  completeUpload(upload: Upload, parts: readonly UploadedPart[], checksumType?: ObjectChecksum['type'], signal?: AbortSignal): Promise<WrittenObject>;
  /** Gone already is gone. s3:AbortMultipartUpload */
  abortUpload(upload: Upload, signal?: AbortSignal): Promise<void>;
  /** Uploads of exactly this key that were begun and neither completed nor aborted. s3:ListMultipartUploads */
  listUploads(key: string, signal?: AbortSignal): Promise<readonly ListedUpload[]>;
  /** Up to 1,000 at once; gives those that stay, with the reason. s3:DeleteObjects */
  remove(keys: readonly string[], signal?: AbortSignal): Promise<readonly { readonly key: string; readonly code: string; readonly message: string }[]>;
}

export interface ObjectStorePort {
  /** Fails with `package-missing`. Says nothing to the network yet. */
  open(access: BucketAccess): Promise<Result<Bucket>>;
}
