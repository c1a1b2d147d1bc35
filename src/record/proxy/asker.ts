import type { Ask, TransactionState } from './contract.ts';
import { isFatal } from './error-fields.ts';
import { backend, bind, closePortal, closeStatement, execute, parse, readFields, readRow, sync } from './messages.ts';

export interface AskerLine {
  send(bytes: Buffer): void;
  decode(bytes: Buffer): string;
  /** Until what the client wanted cancelled has been, so that it can't be ours. */
  quiet(): Promise<void> | undefined;
  /** Has the server end what it is running in this session. */
  cancel(): void;
}

type Statement = Parameters<Ask>[0];

/** What the server answered to our messages up to ReadyForQuery. */
interface Reply {
  readonly rows: (readonly (string | null)[])[];
  readonly done: PromiseWithResolvers<Reply | undefined>;
  /** What each ParseComplete to come is for. */
  readonly parsing: string[];
  sqlstate?: string;
}

/** Of our portal and of statements for one use. A name, so that the client's unnamed ones stay: in a transaction block both outlive a Sync. */
const NAME = 'pgrehearse';
/** Ours read shared memory and catalogs: if one takes this long it waits for a lock that it should not want. */
const GIVE_UP_AFTER_MS = 5_000;

const savepoint = 'savepoint pgrehearse';
const rollBack = 'rollback to savepoint pgrehearse';
const release = 'release savepoint pgrehearse';

/**
 * Puts statements of ours into a client's session. In a transaction block each has a savepoint around it, so that an error of ours can't abort the
 * client's transaction. Everything goes by names of our own: the client's unnamed statement and portal are still there afterwards.
 */
export class Asker {
  readonly #line: AskerLine;
  readonly #prepared = new Set<string>();
  #reply: Reply | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #lost = false;
  /** As the last ReadyForQuery said, the client's or ours. */
  state: TransactionState = 'I';

  constructor(line: AskerLine) {
    this.#line = line;
  }

  /** Whether the server's messages are answers to us. */
  get waiting(): boolean {
    return this.#reply !== undefined;
  }

  /** The client had all prepared statements of its session deleted. */
  forget(): void {
    this.#prepared.clear();
  }

  /** The connection is gone. */
  lost(): void {
    this.#lost = true;
    this.#reply?.done.resolve(undefined);
    this.#reply = undefined;
  }

  /** Resolves once nothing of ours is on its way. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** One after another, in the order of the calls. */
  ask(...[statement, values]: Parameters<Ask>): ReturnType<Ask> {
    const answer = this.#tail.then(() => this.#ask(statement, values));
    this.#tail = answer;
    return answer;
  }

  /** A message of the server while we wait. Gives false where it isn't for us: the end of the session. */
  read(type: number, body: Buffer): boolean {
    const reply = this.#reply;
    if (reply === undefined) return false;
    switch (type) {
      case backend.parseComplete:
        this.#prepared.add(reply.parsing.shift() ?? '');
        break;
      case backend.dataRow:
        reply.rows.push(readRow(body, this.#line.decode));
        break;
      case backend.error: {
        const fields = readFields(body, this.#line.decode);
        if (isFatal(fields)) return false;
        reply.sqlstate ??= fields.get('C') ?? '';
        break;
      }
      case backend.ready:
        this.state = String.fromCharCode(body[0] ?? 0x49) as TransactionState;
        this.#reply = undefined;
        reply.done.resolve(reply);
    }
    return true;
  }

  async #ask(statement: Statement, values: readonly string[]): ReturnType<Ask> {
    await this.#line.quiet();
    for (let attempt = 1; ; attempt++) {
      if (this.state === 'E') return undefined;
      const inBlock = this.state === 'T';
      const isNew = !this.#prepared.has(statement.name);
      const step = [...(isNew ? [parse(statement.name, statement.text)] : []), ...run(statement.name, values)];
      const reply = inBlock
        ? await this.#send([...control(savepoint), ...step, ...control(release)], ['', ...(isNew ? [statement.name] : []), ''])
        : await this.#send(step, isNew ? [statement.name] : []);
      if (reply === undefined) return undefined;
      if (reply.sqlstate === undefined) return reply.rows;
      if (inBlock) await this.#send([...control(rollBack), ...control(release)], ['', '']);
      // Deleted where no command tag showed it, such as in a function.
      if (reply.sqlstate !== '26000' || attempt === 2) return undefined;
      this.forget();
    }
  }

  async #send(messages: readonly Buffer[], parsing: string[]): Promise<Reply | undefined> {
    if (this.#lost) return undefined;
    const reply: Reply = { rows: [], done: Promise.withResolvers(), parsing };
    this.#reply = reply;
    const timer = setTimeout(() => this.#line.cancel(), GIVE_UP_AFTER_MS);
    this.#line.send(Buffer.concat([...messages, sync]));
    try {
      return await reply.done.promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

function run(name: string, values: readonly string[]): readonly Buffer[] {
  return [bind(NAME, name, values), execute(NAME), closePortal(NAME)];
}

/** A statement that must never fail: not prepared before, since the client may have deleted what is prepared. */
function control(text: string): readonly Buffer[] {
  return [closeStatement(NAME), parse(NAME, text), ...run(NAME, []), closeStatement(NAME)];
}
