import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PolicyDocument } from './policy.ts';

/** Who may call, as IAM would know them. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly account: string;
  readonly arn: string;
  /** Credentials that were good once. */
  readonly expired?: boolean;
  /** What it may do; without one: everything. */
  policy?: PolicyDocument;
}

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Where a request was meant for, and who signed it; or the error code that AWS answers with. */
export type Signed = { readonly identity: Identity; readonly region: string; readonly service: string } | { readonly refused: string };

const header = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/**
 * Checks a request's signature, version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. So a client that sends the wrong secret, signs for
 * another region, or alters a request on its way is refused as AWS would.
 */
export function readSignature(request: SignedRequest, identities: readonly Identity[]): Signed {
  const found = header.exec(request.headers.authorization ?? '');
  if (found === null) return { refused: 'MissingAuthenticationToken' };
  const [, key = '', day = '', region = '', service = '', names = '', signature = ''] = found;
  const identity = identities.find(({ accessKeyId }) => accessKeyId === key);
  if (identity === undefined) return { refused: service === 'ec2' ? 'AuthFailure' : 'InvalidClientTokenId' };
  if (identity.sessionToken !== undefined && request.headers['x-amz-security-token'] !== identity.sessionToken) return { refused: 'InvalidClientTokenId' };
  if (identity.expired === true) return { refused: 'ExpiredToken' };
  const signedHeaders = names.split(';');
  const { pathname, searchParams } = new URL(request.url, 'http://fake');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const canonical = [
    request.method,
    pathname,
    query.join('&'),
    ...signedHeaders.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}`,
    ),
    '',
    names,
    request.headers['x-amz-content-sha256'] ?? createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const signing = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${identity.secretAccessKey}`);
  if (hmac(signing, text).toString('hex') !== signature) return { refused: 'SignatureDoesNotMatch' };
  return { identity, region, service };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
