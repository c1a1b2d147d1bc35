import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decide } from '../fake-aws/policy.ts';
import type { Identity } from '../fake-aws/signature.ts';
import { type Answer, fromContents, handlers, type Place } from './answer.ts';
import { Contents, ContentsError } from './contents.ts';
import { needs, operationOf } from './operation-of.ts';
import { readRequest, type S3Request } from './read-request.ts';
import { rightsFor } from './rights-for.ts';
import { S3Error } from './s3-error.ts';
import { Shelf, type Stored } from './shelf.ts';
import { xml } from './xml.ts';

/** One call that came with a good signature. */
export interface S3Call {
  readonly at: number;
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly account: string;
  readonly headers: Readonly<Record<string, string>>;
  status?: number;
}

/**
 * What happens to a call instead of, or besides, being answered. `error`: refused, nothing is done. `drop`: the connection breaks, nothing is done. `lose`: it is done, and
 * the connection breaks before the answer. `cut`: the answer's content breaks off. `spoil`: one byte of the answer's content is another.
 */
export type S3Fault =
  | { readonly what: 'error'; readonly code: string; readonly status: number }
  | { readonly what: 'drop' | 'lose' | 'spoil' }
  | { readonly what: 'cut'; readonly afterBytes: number };

export const slowDown: S3Fault = { what: 'error', code: 'SlowDown', status: 503 };

/**
 * A stand-in for S3 on 127.0.0.1 with two accounts: signatures, owners, rights and checksums are checked here, contents are kept by fauxqs. Answers
 * sts:GetCallerIdentity as well.
 */
export class FakeS3 implements AsyncDisposable {
  static readonly region = 'eu-central-1';
  static readonly production = '111111111111';
  static readonly staging = '222222222222';
  readonly identities: Identity[] = [identityOf('production', FakeS3.production), identityOf('staging', FakeS3.staging)];
  readonly shelves = new Map<string, Shelf>();
  readonly calls: S3Call[] = [];
  /** Asked before each call is done. It may change things first: then the call finds them changed. */
  fault: (call: S3Call) => S3Fault | undefined | Promise<S3Fault | undefined> = () => undefined;
  readonly #contents = new Contents();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        // A bug of the stand-in must not look like one of S3's moods.
        if (!request.destroyed) console.error(error);
        response.destroy();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(): Promise<FakeS3> {
    const fake = new FakeS3();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A bucket of an account, which is made with it. */
  async makeBucket(name: string, owner: string, region = FakeS3.region): Promise<Shelf> {
    await this.#contents.ask('PUT', name, '');
    const shelf = new Shelf(name, owner, region);
    this.shelves.set(name, shelf);
    return shelf;
  }

  /** Puts an object as its owner would have at a time. */
  async put(
    bucket: string,
    key: string,
    content: string | Buffer,
    { headers = {}, at }: { readonly headers?: Readonly<Record<string, string>>; readonly at?: Date } = {},
  ): Promise<Stored> {
    const shelf = this.#shelf(bucket);
    const request = { key, headers, body: Buffer.from(content), checksums: {} } as unknown as S3Request;
    await handlers.PutObject?.(request, { contents: this.#contents, shelf });
    const stored = shelf.objects.get(key);
    if (stored === undefined) throw new Error(`${key} was put`);
    if (at !== undefined) stored.lastModified = at;
    return stored;
  }

  /** As if it had never been there. */
  async forget(bucket: string, key: string): Promise<void> {
    this.#shelf(bucket).remove(key);
    await this.#contents.ask('DELETE', bucket, key);
  }

  async read(bucket: string, key: string): Promise<{ readonly body: Buffer; readonly headers: Readonly<Record<string, string>> }> {
    return await this.#contents.ask('GET', bucket, key);
  }

  /** Where profiles `production` and `staging` are defined, for AWS_SHARED_CREDENTIALS_FILE. */
  get credentials(): string {
    return this.identities
      .map(
        ({ arn, accessKeyId, secretAccessKey }) =>
          `[${arn.split('/').at(-1)}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      )
      .join('\n');
  }

  /** @param credentialsFile holds `credentials` */
  environment(credentialsFile: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: FakeS3.region,
      AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** How often an operation was called. */
  count(operation: string, account?: string): number {
    return this.calls.filter((call) => call.operation === operation && (account === undefined || call.account === account)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#contents.close();
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let fault: S3Fault | undefined;
    let call: S3Call | undefined;
    let answer: Answer;
    try {
      const request = await readRequest(incoming, this.identities);
      const operation = operationOf(request);
      call = { at: this.calls.length, operation, bucket: request.bucket, key: request.key, account: request.identity.account, headers: request.headers };
      this.calls.push(call);
      fault = await this.fault(call);
      if (fault?.what === 'drop') return void response.destroy();
      if (fault?.what === 'error') throw new S3Error(fault.code, fault.status);
      answer = operation === 'GetCallerIdentity' ? whoIs(request) : await this.#answer(operation, request);
    } catch (thrown) {
      const error = thrown instanceof ContentsError ? fromContents(thrown) : thrown;
      if (!(error instanceof S3Error)) throw error;
      answer = {
        status: error.status,
        headers: { 'content-type': 'application/xml', ...error.headers },
        body: incoming.method === 'HEAD' ? '' : `<?xml version="1.0" encoding="UTF-8"?><Error>${xml({ Code: error.code, Message: error.message })}</Error>`,
      };
    }
    if (call !== undefined) call.status = answer.status ?? 200;
    if (fault?.what === 'lose') return void response.destroy();
    send(response, answer, fault);
  }

  async #answer(operation: string, request: S3Request): Promise<Answer> {
    const handler = handlers[operation];
    if (handler === undefined) throw new S3Error('NotImplemented', 501);
    const shelf = this.#shelf(request.bucket);
    if (request.region !== shelf.region)
      throw new S3Error('PermanentRedirect', 301, 'The bucket you are attempting to access must be addressed using the specified endpoint.', {
        'x-amz-bucket-region': shelf.region,
      });
    permit(request, shelf, needs(operation), request.headers['x-amz-expected-bucket-owner']);
    const from = this.#from(request);
    const { policy } = request.identity;
    const lacking = policy === undefined ? undefined : rightsFor(operation, request, from).find((need) => decide(policy, need) !== 'allowed');
    if (lacking !== undefined) throw new S3Error('AccessDenied', 403, `not authorized to perform: ${lacking.action} on resource: ${lacking.resource}`);
    const place: Place = { contents: this.#contents, shelf, ...(from === undefined ? {} : { from }) };
    return await handler(request, place);
  }

  #from(request: S3Request): Place['from'] {
    const given = request.headers['x-amz-copy-source'];
    if (given === undefined) return undefined;
    const [, bucket = '', key = ''] = /^\/?([^/]+)\/(.*)$/s.exec(decodeURIComponent(given)) ?? [];
    const shelf = this.#shelf(bucket);
    permit(request, shelf, 'read', request.headers['x-amz-source-expected-bucket-owner']);
    return { shelf, key };
  }

  #shelf(bucket: string): Shelf {
    const shelf = this.shelves.get(bucket);
    if (shelf === undefined) throw new S3Error('NoSuchBucket', 404, 'The specified bucket does not exist');
    return shelf;
  }
}

function permit({ identity }: S3Request, shelf: Shelf, right: 'read' | 'write', expectedOwner: string | undefined): void {
  const granted = shelf.grants.get(identity.account);
  const may = identity.account === shelf.owner || granted === 'write' || granted === right;
  if (!may || (expectedOwner !== undefined && expectedOwner !== shelf.owner)) throw new S3Error('AccessDenied', 403, 'Access Denied');
}

function whoIs({ identity }: S3Request): Answer {
  const who = xml({ Arn: identity.arn, UserId: 'AIDAFAKE', Account: identity.account });
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${who}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '' }: Answer, fault: S3Fault | undefined): void {
  const content = Buffer.from(body);
  const isHead = response.req.method === 'HEAD';
  response.writeHead(status, { ...(isHead ? {} : { 'content-length': String(content.length) }), ...headers, 'x-amz-request-id': randomUUID() });
  if (isHead) response.end();
  else if (fault?.what === 'cut') response.write(content.subarray(0, fault.afterBytes), () => response.destroy());
  else {
    if (fault?.what === 'spoil' && content.length > 0) content[0] = (content[0] ?? 0) ^ 1;
    response.end(content);
  }
}

function identityOf(name: string, account: string): Identity {
  return {
    accessKeyId: `AKIA${account}${name.slice(0, 4).toUpperCase()}`,
    secretAccessKey: randomUUID(),
    account,
    arn: `arn:aws:iam::${account}:user/${name}`,
  };
}
