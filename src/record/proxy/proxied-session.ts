import type { Duplex } from 'node:stream';
import { textDecoderName } from '../../sql/text-encoding.ts';
import { Asker } from './asker.ts';
import type { ProxiedConnection, ProxyHooks, TransactionState } from './contract.ts';
import { errorFields, isFatal } from './error-fields.ts';
import { kept, ofClient, ofServer, passing } from './handlings.ts';
import { type Handling, MessageReader, type ReadMessage } from './message-reader.ts';
import { backend, frontend, message, readFields, readText } from './messages.ts';
import { Pipeline } from './pipeline.ts';
import { ReadyHold } from './ready-hold.ts';
import { SessionEnding } from './session-ending.ts';
import { withoutChannelBinding } from './without-channel-binding.ts';

/** A client's session as its hooks see it; filled in while it logs in. */
export interface SessionFacts extends ProxiedConnection {
  pid: number;
}

export interface SessionParts {
  readonly connection: SessionFacts;
  readonly client: Duplex;
  readonly server: Duplex;
  readonly hooks: ProxyHooks;
  /** The server is reached over TLS: of which the client can't know, nor bind its log-in to it. */
  readonly tlsBehind: boolean;
  /** False for sessions that only know the simple protocol, such as those that stream the log. */
  readonly mayAsk: boolean;
  /** Asks the server to cancel what a session runs, by the bytes behind the code of a CancelRequest. */
  readonly cancel: (processAndKey: Buffer) => Promise<void>;
}

/** A notice longer than this is nobody's but the client's. */
const NOTICE_LIMIT_BYTES = 1024 * 1024;
/** How much of what a client sends is taken in while ReadyForQuery is held: enough to see that it goes. */
const PENDING_LIMIT_BYTES = 64 * 1024;

/**
 * One session between a client and the server. What they say goes on untouched and in order; ReadyForQuery waits for the hook, and what we ask
 * meanwhile, with its answers, stays between the server and us.
 */
export class ProxiedSession {
  readonly connection: SessionFacts;
  /** Resolves when both sides are gone and the hooks have been told. */
  readonly ended: Promise<void>;
  readonly #parts: SessionParts;
  readonly #pipeline: Pipeline;
  readonly #asker: Asker;
  readonly #hold: ReadyHold;
  readonly #ending = new SessionEnding();
  readonly #end = Promise.withResolvers<void>();
  readonly #fromClient: MessageReader;
  readonly #fromServer: MessageReader;
  #decoder = new TextDecoder();
  readonly #decode = (bytes: Buffer) => this.#decoder.decode(bytes);
  /** The bytes by which the client may have its statement cancelled: process and key. */
  #backendKey: Buffer | undefined;
  /** Chunks of the server that wait until ReadyForQuery is no longer held. */
  readonly #received: { readonly chunk: Buffer; readonly at: number }[] = [];
  #offset = 0;
  /** Chunks of the client that wait until we have no more to ask. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #corked = false;
  #clientEnded = false;
  #serverEnded = false;
  #finished = false;
  #cancelling: Promise<void> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.connection = parts.connection;
    this.ended = this.#end.promise;
    this.#pipeline = new Pipeline({
      decode: this.#decode,
      started: (text, at) => parts.hooks.onStart(parts.connection, text, at),
      ended: (ended) => this.#hold.tell({ ...ended, connection: parts.connection }),
    });
    this.#asker = new Asker({
      send: (bytes) => parts.server.write(bytes),
      decode: this.#decode,
      quiet: () => this.#cancelling,
      cancel: () => void (this.#backendKey && parts.cancel(this.#backendKey)),
    });
    const { connection, hooks, mayAsk } = parts;
    this.#hold = new ReadyHold({ connection, hooks, mayAsk, asker: this.#asker, release: (messages) => this.#release(messages) });
    this.#fromClient = new MessageReader({
      decide: (type) => ofClient.get(type) ?? passing,
      // Everything of the client was forwarded before it is read.
      pass: () => {},
      message: (read) => this.#sent(read),
    });
    this.#fromServer = new MessageReader({
      decide: (type, bodyBytes) => this.#decide(type, bodyBytes),
      pass: (bytes) => void parts.client.write(bytes),
      message: (read) => this.#answered(read),
    });
    this.#listen();
  }

  /** Whether a cancel request with these bytes is for this session. */
  hasKey(processAndKey: Buffer): boolean {
    return this.#backendKey?.equals(processAndKey) ?? false;
  }

  /** Cancels what the client is running. What we ask isn't the client's: for it the server is idle then, and an idle server ignores the request. */
  async cancel(processAndKey: Buffer): Promise<void> {
    if (this.#hold.asking) return;
    // Nothing of ours may start before the server has passed it on.
    this.#cancelling = this.#parts.cancel(processAndKey);
    await this.#cancelling;
  }

  /** Ends both sides at once, and what the server is running: it would go on with that, and hold its locks, until it has something to say to nobody. */
  async stop(): Promise<void> {
    const running = this.#pipeline.idle ? undefined : this.#backendKey;
    this.#ending.clientWent();
    this.#parts.client.destroy();
    this.#parts.server.destroy();
    if (running !== undefined) await this.#parts.cancel(running);
  }

  #listen(): void {
    const { client, server } = this.#parts;
    client.on('data', (chunk: Buffer) => this.#takeFromClient(chunk));
    client.on('end', () => this.#endClient());
    client.on('error', () => {});
    client.on('close', () => {
      this.#ending.clientWent();
      server.destroy();
    });
    client.on('drain', () => this.#flow());
    server.on('data', (chunk: Buffer) => {
      this.#received.push({ chunk, at: performance.now() });
      this.#pump();
    });
    server.on('end', () => this.#endServer());
    server.on('error', () => {});
    server.on('close', () => this.#endServer());
    server.on('drain', () => this.#flow());
    client.resume();
    if (client.destroyed) server.destroy();
    // It may have said all while the server was being reached.
    else if (client.readableEnded) this.#endClient();
  }

  /** Reads from each side only as fast as the other takes it. */
  #flow(): void {
    const { client, server } = this.#parts;
    if (client.writableNeedDrain || this.#received.length > 1) server.pause();
    else server.resume();
    if (server.writableNeedDrain || this.#pendingBytes > PENDING_LIMIT_BYTES) client.pause();
    else client.resume();
  }

  #takeFromClient(chunk: Buffer): void {
    if (this.#serverEnded) return;
    if (this.#hold.asking) {
      this.#pending.push(chunk);
      this.#pendingBytes += chunk.length;
      if (this.#pendingBytes > PENDING_LIMIT_BYTES) this.#flow();
      return;
    }
    const at = performance.now();
    const taken = this.#parts.server.write(chunk);
    this.#fromClient.read(chunk, at);
    if (!taken) this.#flow();
  }

  #endClient(): void {
    this.#clientEnded = true;
    this.#ending.clientWent();
    if (!this.#hold.asking) this.#parts.server.end();
  }

  #sent({ type, body, cut, startedAt }: ReadMessage): boolean {
    if (type === frontend.terminate) this.#ending.terminated();
    else this.#pipeline.sent(type, body, cut, startedAt);
    return false;
  }

  #pump(): void {
    const { client } = this.#parts;
    if (!this.#corked) {
      client.cork();
      this.#corked = true;
    }
    for (let next = this.#received[0]; next !== undefined && !this.#paused; next = this.#received[0]) {
      this.#offset = this.#fromServer.read(next.chunk, next.at, this.#offset);
      if (this.#offset < next.chunk.length) continue;
      this.#received.shift();
      this.#offset = 0;
    }
    if (this.#hold.held) {
      if (this.#received.length > 1) this.#flow();
      return;
    }
    client.uncork();
    this.#corked = false;
    if (client.writableNeedDrain || this.#parts.server.isPaused()) this.#flow();
    if (this.#serverEnded) this.#finish();
  }

  /** While ReadyForQuery is held and nothing is asked, what is behind it waits unread. */
  get #paused(): boolean {
    return this.#hold.held && !this.#hold.asking;
  }

  #decide(type: number, bodyBytes: number): Handling {
    if (this.#hold.held) return kept;
    if (type === backend.dataRow) this.#pipeline.row();
    if (type === backend.authentication) return this.#parts.tlsBehind ? kept : passing;
    if (type === backend.notice) return bodyBytes <= NOTICE_LIMIT_BYTES ? kept : passing;
    return ofServer.get(type) ?? passing;
  }

  /** @returns whether reading pauses. */
  #answered({ type, body, kept: wasKept }: ReadMessage): boolean {
    const { client, hooks } = this.#parts;
    const at = performance.now();
    if (type === backend.parameterStatus) this.#readParameter(body);
    if (this.#hold.held) {
      this.#hold.take(type, body);
      return false;
    }
    switch (type) {
      case backend.ready:
        this.#pipeline.received(type, body, at);
        this.#holdReady(body, at);
        return this.#paused;
      case backend.notice:
        this.#pipeline.noticed();
        if (!hooks.isOurs(this.connection, readFields(body, this.#decode))) client.write(message(type, body));
        return false;
      case backend.authentication:
        client.write(message(type, withoutChannelBinding(body)));
        return false;
      case backend.backendKey:
        this.#backendKey = Buffer.from(body);
        this.connection.pid = body.readUInt32BE(0);
        break;
      case backend.error: {
        const fields = readFields(body, this.#decode);
        this.#pipeline.received(type, body, at, errorFields(fields));
        if (isFatal(fields)) this.#ending.serverWent();
        break;
      }
      default:
        this.#pipeline.received(type, body, at);
    }
    // Begun while ReadyForQuery was held, and whole only now.
    if (wasKept) client.write(message(type, body));
    return false;
  }

  #readParameter(body: Buffer): void {
    const { text: name, next } = readText(body, 0, (bytes) => bytes.toString());
    if (name !== 'client_encoding') return;
    this.#decoder = new TextDecoder(textDecoderName(body.toString('latin1', next, body.length - 1)) ?? 'latin1');
  }

  #holdReady(body: Buffer, at: number): void {
    this.#ending.loggedIn();
    // In a pipeline the server is busy already, or a message of the client is only half there.
    const between = this.#pipeline.idle && this.#fromClient.between && !this.#clientEnded;
    this.#hold.hold(String.fromCharCode(body[0] ?? 0x49) as TransactionState, at, between);
  }

  #release(messages: readonly Buffer[]): void {
    const { client } = this.#parts;
    for (const bytes of messages) client.write(bytes);
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const chunk of pending) this.#takeFromClient(chunk);
    if (this.#clientEnded) this.#parts.server.end();
    if (client.isPaused()) this.#flow();
    this.#pump();
  }

  #endServer(): void {
    if (this.#serverEnded) return;
    this.#serverEnded = true;
    this.#ending.serverWent();
    this.#asker.lost();
    if (!this.#hold.held) this.#pump();
  }

  /** The server is gone, and the client has all that it said. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const { client, server, hooks } = this.#parts;
    const at = performance.now();
    this.#pipeline.lost(at, { sqlstate: '08006', message: 'the connection ended before the server answered' });
    server.destroy();
    client.end();
    hooks.onClose(this.connection, at, this.#ending.word);
    this.#end.resolve();
  }
}
