import type { SqlErrorFields } from '../../core/failure.ts';
import type { WireStatement } from './contract.ts';
import { backend, frontend, readText } from './messages.ts';
import { readTag } from './read-tag.ts';
import { StatementNames } from './statement-names.ts';
import { type StatementText, singleText, statementTexts, unknownText } from './statement-texts.ts';

/** A statement that ended, without whose it was. */
export type EndedStatement = Omit<WireStatement, 'connection'>;

export interface PipelineListener {
  decode(bytes: Buffer): string;
  started(text: string, at: number): void;
  ended(statement: EndedStatement): void;
}

/** What was sent and not yet answered. */
interface Operation {
  readonly kind: 'start-up' | 'query' | 'parse' | 'bind' | 'describe' | 'execute' | 'close' | 'sync' | 'function-call' | 'copy-end';
  readonly sentAt: number;
  /** The statements of a query, or the one that is parsed, bound, described or executed. */
  readonly texts: readonly StatementText[];
  /** Takes back what the server never did, because of an error before it. */
  readonly undo?: () => void;
}

/** After which ReadyForQuery comes. */
const synchronizing = new Set<Operation['kind']>(['start-up', 'query', 'sync', 'function-call']);
const executing = new Set<Operation['kind']>(['query', 'execute', 'function-call']);

/**
 * Matches what a client sends with what the server answers, in a pipeline too: which statement it is that ends. It knows nothing of bytes, which
 * wait or are forwarded elsewhere; it is told of the messages of each direction in their order. Messages and their meaning: PostgreSQL's
 * documentation, "Message Flow"; what a server does with messages that don't fit was read in its source (tcop/postgres.c, commands/copyfromparse.c).
 */
export class Pipeline {
  readonly #listener: PipelineListener;
  readonly #decode: (bytes: Buffer) => string;
  /** In the order in which the server answers. */
  #waiting: Operation[] = [{ kind: 'start-up', sentAt: 0, texts: [] }];
  readonly #names = new StatementNames();
  /** After an error in the extended protocol the server ignores everything until a Sync. */
  #skipping = false;
  /** The server takes COPY's rows; it ignores Sync meanwhile. */
  #copyingIn = false;
  /** How many statements of the first query have ended. */
  #part = 0;
  #rows = 0;
  /** When the server turned from the statement before: one in a pipeline begins then, not when it was sent. */
  #freeAt = 0;
  #running = false;
  /** Ended, but its commit may still fail: that is the answer to Sync. */
  #last: EndedStatement | undefined;

  constructor(listener: PipelineListener) {
    this.#listener = listener;
    this.#decode = (bytes) => listener.decode(bytes);
  }

  /** Whether the server has answered everything that it will answer. */
  get idle(): boolean {
    return this.#first() === undefined && !this.#skipping && !this.#copyingIn;
  }

  /** Of the client's messages those that are answered or end a COPY. `cut`: the body isn't whole. */
  sent(type: number, body: Buffer, cut: boolean, sentAt: number): void {
    switch (type) {
      case frontend.query:
        this.#push({ kind: 'query', sentAt, texts: statementTexts(this.#text(body, 0), cut) });
        break;
      case frontend.parse: {
        const name = readText(body, 0, this.#decode);
        const { sent, put } = this.#names.parse(name.text, singleText(this.#text(body, name.next), cut), sentAt);
        this.#push({ kind: 'parse', sentAt, texts: [sent] }, put);
        break;
      }
      case frontend.bind: {
        const portal = readText(body, 0, this.#decode);
        const { sent, put } = this.#names.bind(portal.text, this.#text(body, portal.next), sentAt);
        this.#push({ kind: 'bind', sentAt, texts: [sent] }, put);
        break;
      }
      case frontend.describe:
        this.#push({ kind: 'describe', sentAt, texts: [this.#names.textOf(body[0], this.#text(body, 1))] });
        break;
      case frontend.execute: {
        const sent = this.#names.execute(this.#text(body, 0), sentAt);
        this.#push({ kind: 'execute', sentAt: sent.sentAt, texts: [sent] });
        break;
      }
      case frontend.close:
        this.#push({ kind: 'close', sentAt, texts: [] }, this.#names.close(body[0], this.#text(body, 1)));
        break;
      case frontend.functionCall:
        this.#push({ kind: 'function-call', sentAt, texts: [singleText(`function call ${body.length < 4 ? '' : body.readUInt32BE(0)}`, false)] });
        break;
      case frontend.sync:
        if (this.#copyingIn) break;
        this.#names.nextSeries();
        this.#skipping = false;
        this.#push({ kind: 'sync', sentAt, texts: [] });
        break;
      case frontend.copyDone:
      case frontend.copyFail:
        if (this.#copyingIn) this.#copyingIn = false;
        // Sent before the server has said that it wants rows; or after it wanted no more, when it ignores them.
        else if (this.#waiting.length > 0) this.#push({ kind: 'copy-end', sentAt, texts: [] });
    }
  }

  /** A DataRow. */
  row(): void {
    this.#rows++;
  }

  /** A NoticeResponse: unless all that is left is to commit, it is said by the statement that is next, and the one before has nothing more to say. */
  noticed(): void {
    const first = this.#first();
    if (first !== undefined && first.kind !== 'sync') this.#tellLast();
  }

  /** Of the server's messages those that answer something; `error` where it is an ErrorResponse. */
  received(type: number, body: Buffer, at: number, error?: SqlErrorFields): void {
    const first = this.#first();
    switch (type) {
      case backend.parseComplete:
      case backend.bindComplete:
      case backend.closeComplete:
        this.#shift();
        break;
      case backend.rowDescription:
      case backend.noData:
        if (first?.kind === 'describe') this.#shift();
        break;
      case backend.copyIn:
        this.#takeCopy();
        break;
      case backend.commandComplete:
        this.#end(at, readTag(this.#text(body, 0)));
        break;
      case backend.emptyQuery:
        this.#end(at, { tag: '', rows: null });
        break;
      case backend.portalSuspended:
        this.#end(at, { rows: this.#rows });
        break;
      case backend.functionResult:
        this.#end(at, { tag: '', rows: null });
        break;
      case backend.error:
        if (error !== undefined) this.#fail(at, error);
        break;
      case backend.ready:
        this.#ready(at);
        break;
    }
  }

  /** The connection is gone: what ran has failed, as far as anybody can know. */
  lost(at: number, error: SqlErrorFields): void {
    if (this.#running) this.#end(at, { rows: null, error });
    this.#tellLast();
  }

  #text(body: Buffer, at: number): string {
    return readText(body, at, this.#decode).text;
  }

  /** @param put has a name mean what this operation makes it mean */
  #push(operation: Operation, put?: () => () => void): void {
    if (this.#copyingIn) {
      // Not the time for it: the server ends the COPY with an error, and does not do what was asked.
      this.#copyingIn = false;
      return;
    }
    if (this.#skipping) return;
    this.#waiting.push(put === undefined ? operation : { ...operation, undo: put() });
    this.#begin(0);
  }

  /** What the server is answering now. */
  #first(): Operation | undefined {
    while (this.#waiting[0]?.kind === 'copy-end') this.#waiting.shift();
    return this.#waiting[0];
  }

  #shift(): void {
    this.#waiting.shift();
    this.#part = 0;
    this.#rows = 0;
  }

  /** Tells of the statement that is next, once. */
  #begin(at: number): void {
    if (this.#running) return;
    const next = this.#waiting.find(({ kind }) => executing.has(kind));
    const text = next?.texts[next === this.#waiting[0] ? this.#part : 0];
    if (next === undefined || text === undefined) return;
    this.#running = true;
    this.#listener.started(text.text, Math.max(at, next.sentAt, this.#freeAt));
  }

  #end(at: number, outcome: Pick<EndedStatement, 'tag' | 'rows' | 'error'>): void {
    const first = this.#first();
    if (first === undefined) return;
    const text = first.texts[this.#part] ?? unknownText;
    const startedAt = Math.max(first.sentAt, this.#freeAt);
    if (!this.#running) this.#listener.started(text.text, startedAt);
    this.#running = false;
    this.#tellLast();
    const protocol = first.kind === 'query' ? 'simple' : 'extended';
    this.#last = { protocol, text: text.text, textCut: text.cut, startedAt, endedAt: at, ...outcome };
    this.#freeAt = at;
    this.#rows = 0;
    if (first.kind === 'query' || first.kind === 'function-call') {
      this.#part++;
      this.#tellLast();
    } else if (outcome.error === undefined) this.#shift();
    if (outcome.error === undefined) this.#begin(at);
  }

  #fail(at: number, error: SqlErrorFields): void {
    const first = this.#first();
    this.#copyingIn = false;
    switch (first?.kind) {
      case undefined:
      case 'start-up':
        return;
      case 'sync':
        // The commit of what came before failed.
        if (this.#last !== undefined) {
          const { tag: _, ...last } = this.#last;
          this.#last = { ...last, endedAt: at, error };
        }
        return;
      case 'query':
      case 'function-call':
        // What comes after its error ends the session, and is no statement's.
        if (this.#part === Number.POSITIVE_INFINITY) return;
        this.#end(at, { rows: null, error });
        this.#part = Number.POSITIVE_INFINITY;
        return;
      default:
        this.#end(at, { rows: null, error });
        this.#skip();
        this.#begin(at);
    }
  }

  /** Everything up to the next Sync is left undone. */
  #skip(): void {
    const sync = this.#waiting.findIndex(({ kind }) => kind === 'sync');
    const skipped = this.#waiting.splice(0, sync === -1 ? this.#waiting.length : sync);
    for (const { undo } of skipped.reverse()) undo?.();
    this.#skipping = sync === -1;
    this.#part = 0;
    this.#rows = 0;
  }

  /** The server reads rows from here on, and ignores any Sync until they end. */
  #takeCopy(): void {
    for (let next = this.#waiting[1]; next !== undefined; next = this.#waiting[1]) {
      this.#waiting.splice(1, 1);
      next.undo?.();
      if (next.kind !== 'sync') return;
    }
    this.#copyingIn = true;
  }

  #ready(at: number): void {
    this.#tellLast();
    while (this.#waiting.length > 0) {
      const { kind } = this.#waiting[0] as Operation;
      this.#shift();
      if (synchronizing.has(kind)) break;
    }
    this.#freeAt = at;
    this.#begin(at);
  }

  #tellLast(): void {
    if (this.#last !== undefined) this.#listener.ended(this.#last);
    this.#last = undefined;
  }
}
