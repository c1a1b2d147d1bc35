import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeFolder } from '../temporary-folder.ts';
import { FakeEc2 } from './ec2.ts';
import { readJson, readTarget } from './json-protocol.ts';
import { FakeKms } from './kms.ts';
import { checkInput, checkOutput, hasModel } from './model.ts';
import { type NamedError, wordsFor } from './named-errors.ts';
import { needsOf } from './needs.ts';
import { decide, refusalOf } from './policy.ts';
import { type QueryValue, readQuery, toXml } from './query-protocol.ts';
import { FakeRds } from './rds/rds.ts';
import { AwsError, type Call, type Fault } from './service.ts';
import { type Identity, readSignature, type SignedRequest } from './signature.ts';
import { FakeSsm } from './ssm.ts';

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
  readonly ec2 = new FakeEc2((id) => this.rds.circumstances.securityGroups.has(id));
  readonly kms = new FakeKms();
  readonly ssm = new FakeSsm(this.ec2.machines);
  /** Secrets Manager's, by name or ARN. */
  readonly secrets = new Map<string, string>();
  /** How the network behind a bastion is. */
  network: { mood: 'good' | 'refused' | 'idle' | 'drops' | 'silent'; dropAfterBytes?: number } = { mood: 'good' };
  /** Servers behind the bastions besides those of RDS: ports of this machine, by `host:port` as it is asked for there. */
  readonly servers = new Map<string, number>();
  /** Every call in its order. */
  readonly calls: Call[] = [];
  /** Asked before each call is answered; what `next` ordered comes first. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  readonly #ordered: { readonly action: string; readonly fault: Fault; left: number }[] = [];
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

  /** What a child of the test's needs to find it, and nothing of its parent's: PATH begins with a folder in which the session-manager-plugin is. */
  get programEnvironment(): Record<string, string> {
    return { ...this.environment, PATH: `${this.pluginFolder}:${process.env.PATH ?? ''}` };
  }

  /** Holds the stand-in for the session-manager-plugin under its real name. */
  get pluginFolder(): string {
    const folder = join(this.#folder, 'bin');
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    // No matter which node a PATH leads to.
    const program = join(import.meta.dirname, 'session-manager-plugin.js');
    writeFileSync(join(folder, 'session-manager-plugin'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
    return folder;
  }

  /**
   * Has the next calls of an action go wrong, once unless told. A name stands for an error with its status and words.
   *
   * @example aws.next('RestoreDBInstanceFromDBSnapshot', 'InstanceQuotaExceeded');
   * @example aws.next('DeleteDBInstance', { what: 'lose' }); // done, but nobody hears of it
   */
  next(action: string, fault: NamedError | Fault, times = 1): void {
    const meant: Fault = typeof fault === 'string' ? { what: 'error', code: fault, ...wordsFor(fault) } : fault;
    this.#ordered.push({ action, fault: meant, left: times });
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
    if (request.url?.startsWith('/network?')) {
      const { searchParams } = new URL(request.url, this.url);
      const session = searchParams.get('session') ?? '';
      if (searchParams.has('over')) this.ssm.sessions.delete(session);
      response.end(JSON.stringify(this.#leadsTo(session)));
      return;
    }
    const signed: SignedRequest = { method: request.method ?? 'POST', url: request.url ?? '/', headers: request.headers, body };
    const target = readTarget(request.headers['x-amz-target']);
    const params = target === undefined ? readQuery(body.toString('utf8')) : readJson(body);
    const action = target ?? (typeof params.Action === 'string' ? params.Action : 'none');
    const read = readSignature(signed, this.identities);
    const speak = wordsOf(
      'refused' in read ? (target === undefined ? 'query' : 'json') : target !== undefined ? 'json' : read.service === 'ec2' ? 'ec2' : 'query',
    );
    if ('refused' in read) {
      send(response, target === undefined ? 403 : 400, speak.error(unknownCaller(read.refused, target !== undefined)));
      return;
    }
    const call: Call = { at: this.calls.length, service: read.service, action, region: read.region, identity: read.identity, params };
    this.calls.push(call);
    const fault = this.#orderedFor(call) ?? this.fault(call);
    if (fault?.what === 'drop') {
      response.destroy();
      return;
    }
    try {
      if (fault?.what === 'throttle') throw new AwsError(target === undefined ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
      if (fault?.what === 'error') throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
      const answer = await this.#answer(call);
      if (fault?.what === 'lose') response.destroy();
      else send(response, 200, speak.answer(action, answer));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      call.error = error.code;
      send(response, error.status, speak.error(error));
    }
  }

  #orderedFor(call: Call): Fault | undefined {
    const found = this.#ordered.find(({ action, left }) => action === call.action && left > 0);
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault;
  }

  async #answer(call: Call): Promise<object> {
    this.#authorize(call);
    if (!hasModel(call.service)) return await this.#answerAsService(call);
    checkInput(call);
    const answer = await this.#answerAsService(call);
    checkOutput(call, answer);
    return answer;
  }

  /** As IAM would, where the caller has a policy. */
  #authorize(call: Call): void {
    const { policy, arn } = call.identity;
    if (policy === undefined) return;
    for (const need of needsOf(call, this)) {
      const decided = decide(policy, need);
      if (decided === 'allowed') continue;
      const codes: Readonly<Record<string, string>> = { rds: 'AccessDenied', sts: 'AccessDenied', ec2: 'UnauthorizedOperation' };
      const code = codes[call.service];
      throw new AwsError(code ?? 'AccessDeniedException', refusalOf(arn, need, decided), code === undefined ? 400 : 403);
    }
  }

  secretArn({ region, identity }: Call, name: string): string {
    return name.startsWith('arn:') ? name : `arn:aws:secretsmanager:${region}:${identity.account}:secret:${name}-AbCdEf`;
  }

  async #answerAsService(call: Call): Promise<object> {
    const params = call.params as { readonly [name: string]: QueryValue | undefined };
    if (call.service === 'rds') return await this.rds.answer(call, params);
    if (call.service === 'ec2') return this.ec2.answer(call, params);
    if (call.service === 'kms') return this.kms.answer(call);
    if (call.service === 'ssm') return this.ssm.answer(call, this.url);
    if (call.service === 'secretsmanager' && ['GetSecretValue', 'DescribeSecret'].includes(call.action)) {
      const name = String(call.params.SecretId);
      const secret = this.secrets.get(name);
      if (secret === undefined) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { Name: name, ARN: this.secretArn(call, name), ...(call.action === 'GetSecretValue' ? { SecretString: secret } : {}) };
    }
    if (call.service === 'sts' && call.action === 'GetCallerIdentity') {
      const { account, arn } = call.identity;
      return { Arn: arn, UserId: 'AROAFAKE:someone', Account: account };
    }
    throw new AwsError('InvalidAction', `The action ${call.action} is not valid for this web service.`);
  }

  /** Where a session's far end is on this machine. */
  #leadsTo(session: string): object {
    const { target = '', parameters = {} } = this.ssm.sessions.get(session) ?? {};
    const { host: [host = ''] = [], portNumber: [port = ''] = [] } = parameters;
    const agent = this.ec2.machines.find(({ id }) => id === target)?.agent;
    // An older agent knows of no other host, and knocks at its own machine's port.
    const found =
      agent !== undefined && isOlder(agent.version, '3.1.1374') ? undefined : (this.servers.get(`${host}:${port}`) ?? this.rds.resolve(host, Number(port)));
    return { ...this.network, ...(found === undefined ? {} : { port: found }) };
  }
}

/** Services of the JSON protocol have names of their own for who isn't known. */
function unknownCaller(code: string, isJson: boolean): AwsError {
  const messages: Readonly<Record<string, string>> = {
    ExpiredToken: 'The security token included in the request is expired',
    SignatureDoesNotMatch:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  };
  const names: Readonly<Record<string, string>> = {
    ExpiredToken: 'ExpiredTokenException',
    InvalidClientTokenId: 'UnrecognizedClientException',
    SignatureDoesNotMatch: 'InvalidSignatureException',
  };
  const message = messages[code] ?? 'The security token included in the request is invalid.';
  return isJson ? new AwsError(names[code] ?? code, message) : new AwsError(code, message, 403);
}

interface Words {
  answer(action: string, value: object): Written;
  error(error: AwsError): Written;
}
interface Written {
  readonly type: string;
  readonly text: string;
}

/** The three ways in which services write their answers. */
function wordsOf(protocol: 'query' | 'ec2' | 'json'): Words {
  const id = randomUUID();
  const xml = (text: string): Written => ({ type: 'text/xml', text });
  switch (protocol) {
    case 'query':
      return {
        answer: (action, value) =>
          xml(
            `<${action}Response><${action}Result>${toXml({ ...value })}</${action}Result><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></${action}Response>`,
          ),
        error: ({ code, message, status }) =>
          xml(toXml({ ErrorResponse: { Error: { Type: status >= 500 ? 'Receiver' : 'Sender', Code: code, Message: message }, RequestId: id } })),
      };
    case 'ec2':
      return {
        answer: (action, value) => xml(`<${action}Response>${toXml({ requestId: id, ...value })}</${action}Response>`),
        error: ({ code, message }) => xml(toXml({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: id } })),
      };
    case 'json':
      return {
        answer: (_, value) => ({ type: 'application/x-amz-json-1.1', text: JSON.stringify(value) }),
        error: ({ code, message }) => ({ type: 'application/x-amz-json-1.1', text: JSON.stringify({ __type: code, message }) }),
      };
  }
}

function send(response: ServerResponse, status: number, { type, text }: Written): void {
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': randomUUID() }).end(text);
}

function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number));
  const at = (right ?? []).findIndex((part, index) => part !== left?.[index]);
  return at !== -1 && (left?.[at] ?? 0) < (right?.[at] ?? 0);
}
