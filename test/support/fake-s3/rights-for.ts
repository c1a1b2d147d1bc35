import type { Need } from '../fake-aws/policy.ts';
import type { S3Request } from './read-request.ts';
import type { Shelf } from './shelf.ts';

/** Actions that are not named as their call: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const named: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
};

/** What IAM asks of a call: one action on the bucket or the key, and those that come with tags and with a source. */
export function rightsFor(operation: string, request: S3Request, from: { readonly shelf: Shelf; readonly key: string } | undefined): readonly Need[] {
  const bucket = `arn:aws:s3:::${request.bucket}`;
  const need = (action: string, resource: string): Need => ({ action: `s3:${action}`, resource, keys: {} });
  if (operation === 'DeleteObjects')
    return [...request.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => need('DeleteObject', `${bucket}/${key}`));
  const own = need(named[operation] ?? operation, request.key === '' ? bucket : `${bucket}/${request.key}`);
  const tagged = need('PutObjectTagging', own.resource);
  if (from === undefined) return request.headers['x-amz-tagging'] === undefined ? [own] : [own, tagged];
  const source = `arn:aws:s3:::${from.shelf.name}/${from.key}`;
  // A copy takes tags along unless it is told to have others.
  const takesTags =
    operation === 'CopyObject' && request.headers['x-amz-tagging-directive'] !== 'REPLACE' && (from.shelf.objects.get(from.key)?.tags.size ?? 0) > 0;
  return [own, need('GetObject', source), ...(takesTags ? [need('GetObjectTagging', source), tagged] : [])];
}
