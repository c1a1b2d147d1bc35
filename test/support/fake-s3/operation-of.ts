import type { S3Request } from './read-request.ts';

/** The call that a request is, by its name in the API. */
export function operationOf({ method, bucket, key, query, headers, service }: S3Request): string {
  if (service === 'sts') return 'GetCallerIdentity';
  if (bucket === '') return 'ListBuckets';
  if (key === '') {
    if (method === 'HEAD') return 'HeadBucket';
    if (method === 'PUT') return 'CreateBucket';
    if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
    if (query.has('uploads')) return 'ListMultipartUploads';
    if (query.has('versioning')) return 'GetBucketVersioning';
    if (query.has('location')) return 'GetBucketLocation';
    return query.get('list-type') === '2' ? 'ListObjectsV2' : 'NotImplemented';
  }
  const copies = headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'HEAD':
      return 'HeadObject';
    case 'GET':
      return query.has('tagging') ? 'GetObjectTagging' : query.has('attributes') ? 'NotImplemented' : 'GetObject';
    case 'PUT':
      if (query.has('tagging')) return 'PutObjectTagging';
      if (query.has('partNumber')) return copies ? 'UploadPartCopy' : 'UploadPart';
      return copies ? 'CopyObject' : 'PutObject';
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    default:
      return 'NotImplemented';
  }
}

/** Which of the two rights a call needs on its bucket. */
export function needs(operation: string): 'read' | 'write' {
  return /^(Get|Head|ListObjects)/.test(operation) ? 'read' : 'write';
}
