import { randomBytes } from 'node:crypto';
import { type Algorithm, checksumOf, compositeOf, headerOf, isAlgorithm } from './checksums.ts';
import { Contents, type ContentsError } from './contents.ts';
import type { S3Request } from './read-request.ts';
import { S3Error } from './s3-error.ts';
import type { Begun, Shelf, Stored } from './shelf.ts';
import { textsOf, xml } from './xml.ts';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What a call works with: its bucket, and the bucket that it copies from. */
export interface Place {
  readonly contents: Contents;
  readonly shelf: Shelf;
  readonly from?: { readonly shelf: Shelf; readonly key: string };
}

type Handler = (request: S3Request, place: Place) => Promise<Answer> | Answer;

/** S3's calls, by name. */
export const handlers: Readonly<Record<string, Handler>> = {
  HeadBucket: (_, { shelf }) => ({ headers: { 'x-amz-bucket-region': shelf.region } }),
  GetBucketVersioning: (_, { shelf }) => document('VersioningConfiguration', shelf.versioned ? { Status: 'Enabled' } : {}),
  GetBucketLocation: (_, { shelf }) => ({ ...document('LocationConstraint', {}), body: `<LocationConstraint>${shelf.region}</LocationConstraint>` }),
  ListObjectsV2: list,
  ListMultipartUploads: ({ query }, { shelf }) =>
    document('ListMultipartUploadsResult', {
      Bucket: shelf.name,
      EncodingType: query.get('encoding-type'),
      IsTruncated: false,
      Upload: [...shelf.uploads.values()]
        .filter(({ key }) => key.startsWith(query.get('prefix') ?? ''))
        .map(({ key, uploadId, at, by }) => ({
          Key: asAsked(query, key),
          UploadId: uploadId,
          Initiator: { ID: by },
          StorageClass: 'STANDARD',
          Initiated: at.toISOString(),
        })),
    }),
  async HeadObject(request, place) {
    const { headers } = await read(request, place);
    const { partSizes, checksum } = found(place.shelf, request.key);
    const part = Number(request.query.get('partNumber') ?? 0);
    const size = partSizes?.[part - 1];
    if (part === 0 || (partSizes === undefined && part === 1)) return { headers };
    if (size === undefined) throw new S3Error('InvalidPartNumber', 416);
    const ofPart = Object.fromEntries(Object.entries(headers).filter(([name]) => checksum === undefined || name !== headerOf(checksum.algorithm)));
    const total = headers['content-length'];
    return {
      status: 206,
      headers: {
        ...ofPart,
        'content-length': String(size),
        'content-range': `bytes 0-${size - 1}/${total}`,
        'x-amz-mp-parts-count': String(partSizes?.length),
      },
    };
  },
  async GetObject(request, place) {
    const stored = found(place.shelf, request.key);
    if (['GLACIER', 'DEEP_ARCHIVE'].includes(stored.storageClass))
      throw new S3Error('InvalidObjectState', 403, "The operation is not valid for the object's storage class");
    const { headers, body } = await read(request, place);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (range === null) return { headers, body };
    const [, start = '', end = ''] = range;
    if (Number(start) >= body.length) throw new S3Error('InvalidRange', 416);
    const last = end === '' ? body.length - 1 : Math.min(Number(end), body.length - 1);
    const part = body.subarray(Number(start), last + 1);
    const whole = stored.checksum === undefined ? {} : { [headerOf(stored.checksum.algorithm)]: undefined };
    const kept = Object.entries({ ...headers, ...whole }).filter((one): one is [string, string] => one[1] !== undefined);
    return {
      status: 206,
      headers: { ...Object.fromEntries(kept), 'content-length': String(part.length), 'content-range': `bytes ${start}-${last}/${body.length}` },
      body: part,
    };
  },
  GetObjectTagging: ({ key }, { shelf }) => document('Tagging', { TagSet: { Tag: [...found(shelf, key).tags].map(([Key, Value]) => ({ Key, Value })) } }),
  async PutObject(request, { contents, shelf }) {
    const { key, headers, body, checksums } = request;
    if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 400);
    if (headers['if-none-match'] === '*' && shelf.objects.has(key)) throw new S3Error('PreconditionFailed', 412);
    const { headers: kept } = await contents.ask('PUT', shelf.name, key, { headers: contentHeaders(headers), body });
    const [algorithm = 'CRC64NVME'] = Object.keys(checksums);
    const checksum = wholeChecksum(algorithm as Algorithm, body, checksums[algorithm]);
    const stored = store(shelf, request, { sizeBytes: body.length, etag: kept.etag ?? '', checksum });
    return { headers: { etag: stored.etag, ...checksumHeaders(stored) } };
  },
  async CopyObject(request, { contents, shelf, from }) {
    if (from === undefined) throw new Error('a copy has a source');
    const source = stillThat(request, from);
    if (['GLACIER', 'DEEP_ARCHIVE'].includes(source.storageClass)) throw new S3Error('ObjectNotInActiveTierError', 403);
    const answer = await contents.ask('PUT', shelf.name, request.key, {
      headers: {
        'x-amz-copy-source': `${from.shelf.name}/${Contents.nameOf(from.key)}`,
        'x-amz-metadata-directive': request.headers['x-amz-metadata-directive'] ?? 'COPY',
      },
    });
    const algorithm = asAlgorithm(request.headers['x-amz-checksum-algorithm']) ?? source.checksum?.algorithm ?? 'CRC64NVME';
    const { body } = await contents.ask('GET', shelf.name, request.key);
    const [etag = ''] = textsOf(answer.text, 'ETag');
    const replaced = request.headers['x-amz-tagging-directive'] === 'REPLACE';
    const stored = store(
      shelf,
      { ...request, headers: { ...request.headers, ...source.headers } },
      { sizeBytes: body.length, etag, checksum: wholeChecksum(algorithm, body) },
    );
    if (!replaced) stored.tags = source.tags;
    return document('CopyObjectResult', { ETag: stored.etag, LastModified: stored.lastModified.toISOString(), ...checksumFields(stored) });
  },
  async CreateMultipartUpload(request, { contents, shelf }) {
    const { headers, key, identity } = request;
    if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 400);
    const answer = await contents.ask('POST', shelf.name, key, { query: 'uploads', headers: contentHeaders(headers) });
    const [uploadId = ''] = textsOf(answer.text, 'UploadId');
    const algorithm = asAlgorithm(headers['x-amz-checksum-algorithm']);
    const type = headers['x-amz-checksum-type'] ?? (algorithm === undefined || algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
    if (type === 'FULL_OBJECT' && algorithm?.startsWith('SHA'))
      throw new S3Error('InvalidRequest', 400, 'The FULL_OBJECT checksum type cannot be used with SHA');
    shelf.uploads.set(uploadId, {
      ...{ uploadId, bucket: shelf.name, key, by: identity.arn, at: new Date(), headers, algorithm, parts: new Map() },
      type: type === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT',
    });
    return document('InitiateMultipartUploadResult', { Bucket: shelf.name, Key: key, UploadId: uploadId });
  },
  async UploadPart(request, { contents, shelf }) {
    const { query, checksums, body } = request;
    const begun = begunUpload(shelf, request);
    const checksum = begun.algorithm === undefined ? undefined : checksums[begun.algorithm];
    if (begun.algorithm !== undefined && checksum === undefined && Object.keys(checksums).length > 0)
      throw new S3Error('InvalidRequest', 400, `Checksum Type mismatch occurred, expected checksum Type: ${begun.algorithm}`);
    const answer = await contents.ask('PUT', shelf.name, begun.key, { query: partQuery(query), body });
    const etag = answer.headers.etag ?? '';
    begun.parts.set(Number(query.get('partNumber')), { etag, sizeBytes: body.length, checksum });
    return { headers: { etag, ...(begun.algorithm !== undefined && checksum !== undefined ? { [headerOf(begun.algorithm)]: checksum } : {}) } };
  },
  async UploadPartCopy(request, { contents, shelf, from }) {
    if (from === undefined) throw new Error('a copy has a source');
    const begun = begunUpload(shelf, request);
    const source = stillThat(request, from);
    const range = request.headers['x-amz-copy-source-range'] ?? '';
    const [, start = '0', end = '0'] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (Number(end) >= source.sizeBytes) throw new S3Error('InvalidArgument', 400);
    const answer = await contents.ask('PUT', shelf.name, begun.key, {
      query: partQuery(request.query),
      headers: { 'x-amz-copy-source': `${from.shelf.name}/${Contents.nameOf(from.key)}`, 'x-amz-copy-source-range': range },
    });
    const [etag = ''] = textsOf(answer.text, 'ETag');
    const { body } = await contents.ask('GET', from.shelf.name, from.key);
    const part = body.subarray(Number(start), Number(end) + 1);
    const checksum = begun.algorithm === undefined ? undefined : checksumOf(begun.algorithm, part);
    begun.parts.set(Number(request.query.get('partNumber')), { etag, sizeBytes: part.length, checksum });
    return document('CopyPartResult', {
      ETag: etag,
      LastModified: new Date().toISOString(),
      ...(begun.algorithm === undefined ? {} : { [`Checksum${begun.algorithm}`]: checksum }),
    });
  },
  async CompleteMultipartUpload(request, { contents, shelf }) {
    const begun = begunUpload(shelf, request);
    const named = textsOf(request.body.toString('utf8'), 'Part').map((part) => ({
      number: Number(textsOf(part, 'PartNumber')[0]),
      checksum: begun.algorithm === undefined ? undefined : textsOf(part, `Checksum${begun.algorithm}`)[0],
    }));
    for (const { number, checksum } of named)
      if (begun.type === 'COMPOSITE' && checksum !== begun.parts.get(number)?.checksum)
        throw new S3Error('InvalidPart', 400, 'A part’s checksum is missing or isn’t the one that was uploaded');
    const answer = await contents.ask('POST', shelf.name, begun.key, { query: `uploadId=${begun.uploadId}`, body: request.body });
    const [etag = ''] = textsOf(answer.text, 'ETag');
    const { body } = await contents.ask('GET', shelf.name, begun.key);
    const parts = named.map(({ number }) => begun.parts.get(number));
    const algorithm = begun.algorithm ?? 'CRC64NVME';
    const partSums = parts.map((part) => part?.checksum ?? '');
    const checksum =
      begun.type === 'COMPOSITE' ? ({ algorithm, type: 'COMPOSITE', value: compositeOf(algorithm, partSums) } as const) : wholeChecksum(algorithm, body);
    const stored = store(shelf, { ...request, key: begun.key, headers: begun.headers }, { sizeBytes: body.length, etag, checksum });
    stored.partSizes = parts.map((part) => part?.sizeBytes ?? 0);
    shelf.uploads.delete(begun.uploadId);
    return document('CompleteMultipartUploadResult', { Bucket: shelf.name, Key: begun.key, ETag: stored.etag, ...checksumFields(stored) });
  },
  async AbortMultipartUpload(request, { contents, shelf }) {
    const begun = begunUpload(shelf, request);
    await contents.ask('DELETE', shelf.name, begun.key, { query: `uploadId=${begun.uploadId}` });
    shelf.uploads.delete(begun.uploadId);
    return { status: 204 };
  },
  async DeleteObject({ key }, { contents, shelf }) {
    shelf.remove(key);
    await contents.ask('DELETE', shelf.name, key);
    return { status: 204 };
  },
  async DeleteObjects({ body, headers, checksums }, { contents, shelf }) {
    if (headers['content-md5'] === undefined && Object.keys(checksums).length === 0)
      throw new S3Error('InvalidRequest', 400, 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
    const keys = textsOf(body.toString('utf8'), 'Key');
    if (keys.length > 1000) throw new S3Error('MalformedXML', 400);
    for (const key of keys) {
      shelf.remove(key);
      await contents.ask('DELETE', shelf.name, key);
    }
    return document('DeleteResult', {});
  },
};

function list({ query }: S3Request, { shelf }: Place): Answer {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = Buffer.from(token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString('utf8'));
  const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const objects: Stored[] = [];
  const folders = new Set<string>();
  const keys = shelf.keys();
  let isTruncated = false;
  let last = '';
  for (let at = after.length === 0 ? 0 : firstAfter(keys, after); at < keys.length; at++) {
    const key = keys[at] ?? '';
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (folder !== undefined && folders.has(folder)) {
      last = key;
      continue;
    }
    if (objects.length + folders.size === most) {
      isTruncated = true;
      break;
    }
    last = key;
    if (folder !== undefined) folders.add(folder);
    else objects.push(found(shelf, key));
  }
  return document('ListBucketResult', {
    Name: shelf.name,
    Prefix: asAsked(query, prefix),
    KeyCount: objects.length + folders.size,
    MaxKeys: most,
    EncodingType: query.get('encoding-type'),
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? Buffer.from(last).toString('base64') : undefined,
    Contents: objects.map(({ key, sizeBytes, etag, lastModified, storageClass, checksum }) => ({
      Key: asAsked(query, key),
      LastModified: wholeSecond(lastModified).toISOString(),
      ETag: etag,
      ChecksumAlgorithm: checksum?.algorithm,
      Size: sizeBytes,
      StorageClass: storageClass,
    })),
    CommonPrefixes: [...folders].map((folder) => ({ Prefix: asAsked(query, folder) })),
  });
}

/** The first place whose key comes after these bytes. */
function firstAfter(keys: readonly string[], after: Buffer): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(Buffer.from(keys[middle] ?? ''), after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function read(request: S3Request, { contents, shelf }: Place): Promise<{ readonly headers: Record<string, string>; readonly body: Buffer }> {
  const stored = found(shelf, request.key);
  const expected = request.headers['if-match'];
  if (expected !== undefined && bare(expected) !== bare(stored.etag)) throw new S3Error('PreconditionFailed', 412);
  const { headers, body } = await contents.ask('GET', shelf.name, request.key);
  const { 'x-amz-request-id': _, 'x-amz-id-2': __, connection: ___, date: ____, ...kept } = headers;
  return {
    body,
    headers: {
      ...kept,
      ...stored.headers,
      'content-length': String(body.length),
      etag: stored.etag,
      'last-modified': stored.lastModified.toUTCString(),
      'x-amz-server-side-encryption': shelf.kms ? 'aws:kms' : 'AES256',
      'accept-ranges': 'bytes',
      ...(stored.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': stored.storageClass }),
      ...(stored.tags.size === 0 ? {} : { 'x-amz-tagging-count': String(stored.tags.size) }),
      ...(request.headers['x-amz-checksum-mode'] === 'ENABLED' ? checksumHeaders(stored) : {}),
    },
  };
}

/** Headers that describe the content, for fauxqs, which keeps most of them. */
function contentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-encoding': encoding = '' } = headers;
  const kept = Object.entries(headers).filter(([name]) => /^(content-(type|language|disposition)|cache-control|x-amz-meta-.*)$/.test(name));
  const encodings = encoding.split(',').map((one) => one.trim());
  const real = encodings.filter((one) => one !== 'aws-chunked' && one !== '').join(',');
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept), ...(real === '' ? {} : { 'content-encoding': real }) };
}

function store(
  shelf: Shelf,
  { key, headers }: Pick<S3Request, 'key' | 'headers'>,
  { sizeBytes, etag, checksum }: Pick<Stored, 'sizeBytes' | 'etag' | 'checksum'>,
): Stored {
  const others = Object.entries(headers).filter(([name]) => name === 'expires' || name === 'x-amz-website-redirect-location');
  const kms = shelf.kms || (headers['x-amz-server-side-encryption'] ?? '').startsWith('aws:kms');
  const stored: Stored = {
    ...{ key, sizeBytes, checksum: shelf.withoutChecksums ? undefined : checksum, partSizes: undefined, lastModified: new Date() },
    etag: kms ? `"${randomBytes(16).toString('hex')}${/-\d+/.exec(etag)?.[0] ?? ''}"` : etag,
    storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
    tags: new Map(new URLSearchParams(headers['x-amz-tagging'] ?? '')),
    headers: Object.fromEntries(others),
  };
  shelf.put(stored);
  return stored;
}

/** Worked out when somebody asks: S3's own algorithm takes its time in JavaScript. @param known a checksum that was found to be right */
function wholeChecksum(algorithm: Algorithm, body: Buffer, known?: string): NonNullable<Stored['checksum']> {
  let value = known;
  return {
    algorithm,
    type: 'FULL_OBJECT',
    get value() {
      value ??= checksumOf(algorithm, body);
      return value;
    },
  };
}

function found(shelf: Shelf, key: string): Stored {
  const stored = shelf.objects.get(key);
  if (stored === undefined) throw new S3Error('NoSuchKey', 404, 'The specified key does not exist.');
  return stored;
}

function begunUpload(shelf: Shelf, { query, key }: S3Request): Begun {
  const begun = shelf.uploads.get(query.get('uploadId') ?? '');
  if (begun === undefined || begun.key !== key) throw new S3Error('NoSuchUpload', 404, 'The specified upload does not exist.');
  return begun;
}

function stillThat({ headers }: S3Request, { shelf, key }: { readonly shelf: Shelf; readonly key: string }): Stored {
  const source = found(shelf, key);
  const expected = headers['x-amz-copy-source-if-match'];
  if (expected !== undefined && bare(expected) !== bare(source.etag)) throw new S3Error('PreconditionFailed', 412);
  return source;
}

const bare = (etag: string) => etag.replaceAll('"', '');
const wholeSecond = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000);
const partQuery = (query: ReadonlyMap<string, string>) => `partNumber=${query.get('partNumber')}&uploadId=${query.get('uploadId')}`;
const asAsked = (query: ReadonlyMap<string, string>, key: string) =>
  query.get('encoding-type') === 'url' ? encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+') : key;

function asAlgorithm(text: string | undefined): Algorithm | undefined {
  return text !== undefined && isAlgorithm(text) ? text : undefined;
}

function checksumHeaders({ checksum }: Stored): Record<string, string> {
  return checksum === undefined ? {} : { [headerOf(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

function checksumFields({ checksum }: Stored): Record<string, string> {
  return checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

function document(name: string, fields: Readonly<Record<string, unknown>>): Answer {
  return {
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${xml(fields)}</${name}>`,
  };
}

/** fauxqs's refusals have S3's own codes. */
export function fromContents(error: ContentsError): S3Error {
  return new S3Error(textsOf(error.message, 'Code')[0] ?? 'InternalError', error.status, textsOf(error.message, 'Message')[0]);
}
