import { randomUUID } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeFolder } from '../temporary-folder.ts';
import { readQuery, toXml } from './query-protocol.ts';
import { FakeRds } from './rds/rds.ts';
import { AwsError, type Call, type Fault } from './service.ts';
import { type Identity, readSignature, type SignedRequest } from './signature.ts';

/** Calls that change nothing; all others do. */
const reading = /^(Describe|List|Get)/;

/**
 * A stand-in for AWS that speaks its wire protocols over HTTP on 127.0.0.1, checks signatures, and has a real Postgres behind each database instance.
 *
 * @example
 * await using aws = await FakeAws.start();
 * process.env.AWS_ENDPOINT_URL = aws.url; // understood by the SDKs and by awscli
 */
export class FakeAws {
  static readonly account = '111122223333';
  static readonly region = 'eu-central-1';
  readonly identities: Identity[] = [
    {
      accessKeyId: 'AKIAFAKEFAKEFAKEFAKE',
      secretAccessKey: randomUUID(),
      account: FakeAws.account,
      arn: `arn:aws:sts::${FakeAws.account}:assumed-role/engineer/someone`,
    },
  ];
  readonly rds: FakeRds;
  /** Every call in its order. */
  readonly calls: Call[] = [];
  /** Asked before each call is answered. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  readonly #folder: string;
  readonly #server: Server;

  private constructor() {
    this.#folder = makeFolder('pgr-aws-');
    // Its servers run as another user when we are root, and have to get in.
    chmodSync(this.#folder, 0o711);
    this.rds = new FakeRds(`${this.#folder}/rds`);
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => {
        // A bug of the stand-in must not look like one of the cloud's moods.
        console.error(error);
        response.destroy();
      });
    });
  }

  static async start(): Promise<FakeAws> {
    const fake = new FakeAws();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What a program needs to find it: no configuration file of the developer's is read. */
  get environment(): Record<string, string> {
    const [identity] = this.identities;
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: FakeAws.region,
      AWS_DEFAULT_REGION: FakeAws.region,
      AWS_ACCESS_KEY_ID: identity?.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: identity?.secretAccessKey ?? '',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Calls that would have changed something in the cloud. */
  get changes(): readonly Call[] {
    return this.calls.filter(({ action }) => !reading.test(action));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rds.removeAll();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const signed: SignedRequest = { method: request.method ?? 'POST', url: request.url ?? '/', headers: request.headers, body };
    const params = readQuery(body.toString('utf8'));
    const action = typeof params.Action === 'string' ? params.Action : 'none';
    const read = readSignature(signed, this.identities);
    if ('refused' in read) {
      refuse(response, new AwsError(read.refused, 'The security token included in the request is invalid.', 403));
      return;
    }
    const call: Call = { at: this.calls.length, service: read.service, action, region: read.region, identity: read.identity, params };
    this.calls.push(call);
    const fault = this.fault(call);
    if (fault?.what === 'drop') {
      response.destroy();
      return;
    }
    try {
      if (fault?.what === 'throttle') throw new AwsError('Throttling', 'Rate exceeded');
      if (fault?.what === 'error') throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
      const answer = await this.#answer(call, params);
      if (fault?.what === 'lose') response.destroy();
      else send(response, 200, `<${action}Response>${`<${action}Result>${toXml(answer)}</${action}Result>`}${metadata()}</${action}Response>`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      call.error = error.code;
      refuse(response, error);
    }
  }

  async #answer(call: Call, params: Parameters<FakeRds['answer']>[1]): ReturnType<FakeRds['answer']> {
    if (call.service === 'rds') return await this.rds.answer(call, params);
    if (call.service === 'sts' && call.action === 'GetCallerIdentity') {
      const { account, arn } = call.identity;
      return { Arn: arn, UserId: 'AROAFAKE:someone', Account: account };
    }
    throw new AwsError('InvalidAction', `The action ${call.action} is not valid for this web service.`);
  }
}

function refuse(response: ServerResponse, { code, message, status }: AwsError): void {
  const kind = status >= 500 ? 'Receiver' : 'Sender';
  send(
    response,
    status,
    `<ErrorResponse>${toXml({ Error: { Type: kind, Code: code, Message: message } })}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

function metadata(): string {
  return `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() }).end(body);
}
