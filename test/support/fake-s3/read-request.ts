import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Identity } from '../fake-aws/signature.ts';
import { algorithms, checksumOf, headerOf } from './checksums.ts';
import { S3Error } from './s3-error.ts';

/** A request that was signed by somebody we know, and whose content is what it says. */
export interface S3Request {
  readonly method: string;
  /** Decoded, as S3 takes it: nothing is normalised, a leading slash of a key stays. */
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly identity: Identity;
  readonly region: string;
  readonly service: string;
  /** Checksums that the client sent, all of them right. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Reads and checks a request. @throws S3Error */
export async function readRequest(request: IncomingMessage, identities: readonly Identity[]): Promise<S3Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const [path = '/', search = ''] = splitOnce(request.url ?? '/', '?');
  const method = request.method ?? 'GET';
  const signed = checkSignature({ method, path, search, headers, raw }, identities);
  const { body, trailers } = readContent(headers, raw);
  const checksums = checkContent({ ...headers, ...trailers }, body);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(path)) ?? [];
  const query = new Map(
    search
      .split('&')
      .filter((part) => part !== '')
      .map((part) => splitOnce(part, '=').map(decodeURIComponent) as [string, string]),
  );
  return { method, bucket, key, query, headers, body, ...signed, checksums };
}

const header = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Signature version 4 in S3's variant: the path is taken as it was sent, and the content's hash is a header that may say that there is none. */
function checkSignature(
  {
    method,
    path,
    search,
    headers,
    raw,
  }: { readonly method: string; readonly path: string; readonly search: string; readonly headers: Readonly<Record<string, string>>; readonly raw: Buffer },
  identities: readonly Identity[],
): Pick<S3Request, 'identity' | 'region' | 'service'> {
  const found = header.exec(headers.authorization ?? '');
  if (found === null) throw new S3Error('AccessDenied', 403, 'Access Denied');
  const [, keyId = '', day = '', region = '', service = '', names = '', signature = ''] = found;
  const identity = identities.find(({ accessKeyId }) => accessKeyId === keyId);
  if (identity === undefined) throw new S3Error('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.');
  if (identity.expired === true) throw new S3Error('ExpiredToken', 400, 'The provided token has expired.');
  const claimed = headers['x-amz-content-sha256'];
  const hash = claimed ?? createHash('sha256').update(raw).digest('hex');
  const isHash = claimed !== undefined && /^[0-9a-f]{64}$/.test(claimed);
  if (isHash && createHash('sha256').update(raw).digest('hex') !== claimed)
    throw new S3Error('XAmzContentSHA256Mismatch', 400, 'The provided x-amz-content-sha256 header does not match what was computed.');
  if (!isHash && claimed !== undefined && claimed !== 'UNSIGNED-PAYLOAD' && claimed !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new S3Error('NotImplemented', 501, `${claimed} is not implemented`);
  const query = search
    .split('&')
    .filter((part) => part !== '')
    .map((part) =>
      splitOnce(part, '=')
        .map((text) => encode(decodeURIComponent(text)))
        .join('='),
    )
    .sort();
  const signed = names.split(';').map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`);
  const canonical = [method, path, query.join('&'), ...signed, '', names, hash].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const signing = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${identity.secretAccessKey}`);
  if (hmac(signing, text).toString('hex') !== signature)
    throw new S3Error('SignatureDoesNotMatch', 403, 'The request signature we calculated does not match the signature you provided.');
  return { identity, region, service };
}

/** Takes content out of aws-chunked framing, with the headers that come after it. */
function readContent(headers: Readonly<Record<string, string>>, raw: Buffer): { readonly body: Buffer; readonly trailers: Readonly<Record<string, string>> } {
  if (!(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')) return { body: raw, trailers: {} };
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.subarray(at, end).toString('ascii'), 16);
    if (end === -1 || Number.isNaN(size)) throw new S3Error('IncompleteBody', 400, 'The framing of the body is broken');
    at = end + 2;
    if (size === 0) break;
    chunks.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const body = Buffer.concat(chunks);
  if (body.length !== Number(headers['x-amz-decoded-content-length'])) throw new S3Error('IncompleteBody', 400, 'The body has another length than announced');
  const lines = raw.subarray(at).toString('ascii').split('\r\n').filter(Boolean);
  return { body, trailers: Object.fromEntries(lines.map((line) => splitOnce(line, ':').map((text, i) => (i === 0 ? text.toLowerCase() : text.trim())))) };
}

function checkContent(headers: Readonly<Record<string, string>>, body: Buffer): Readonly<Record<string, string>> {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5)
    throw new S3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
  const sent: Record<string, string> = {};
  for (const algorithm of algorithms) {
    const value = headers[headerOf(algorithm)];
    if (value === undefined) continue;
    // A completed upload names its whole checksum: its own content is only a list of parts.
    if (headers['x-amz-checksum-type'] === undefined && checksumOf(algorithm, body) !== value)
      throw new S3Error('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`);
    sent[algorithm] = value;
  }
  return sent;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function splitOnce(text: string, sign: string): [string, string] {
  const at = text.indexOf(sign);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
