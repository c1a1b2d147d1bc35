import type { Asker } from './asker.ts';
import { BlockGuard } from './block-guard.ts';
import type { Ask, ProxiedConnection, ProxyHooks, TransactionState, WireStatement } from './contract.ts';
import { backend, message } from './messages.ts';

export interface ReadyHoldParts {
  readonly connection: ProxiedConnection;
  readonly hooks: ProxyHooks;
  readonly asker: Asker;
  /** False for sessions that only know the simple protocol, such as those that stream the log. */
  readonly mayAsk: boolean;
  /** Gives the client ReadyForQuery, and what came behind it. */
  readonly release: (messages: readonly Buffer[]) => void;
}

const askTimeout = { name: 'pgrehearse statement_timeout', text: "select pg_catalog.current_setting('statement_timeout')" };

/** Keeps ReadyForQuery from the client until the hook has done its work, and says whether that may ask the session something. */
export class ReadyHold {
  readonly #parts: ReadyHoldParts;
  readonly #guard = new BlockGuard();
  #statements: WireStatement[] = [];
  /** What the client gets behind ReadyForQuery. */
  #behind: Buffer[] | undefined;
  #asking = false;

  constructor(parts: ReadyHoldParts) {
    this.#parts = parts;
  }

  get held(): boolean {
    return this.#behind !== undefined;
  }

  /** Held, and the server may be answering us. */
  get asking(): boolean {
    return this.#asking;
  }

  /** A statement of the client has ended. */
  tell(ended: WireStatement): void {
    if (ended.tag === 'DISCARD ALL' || ended.tag === 'DEALLOCATE ALL') this.#parts.asker.forget();
    this.#guard.statement(ended);
    this.#statements.push(ended);
    this.#parts.hooks.onStatement(ended);
  }

  /** The server is ready, as it said at a time. `between`: it waits for the client, who hasn't begun to say anything. */
  hold(state: TransactionState, at: number, between: boolean): void {
    this.#parts.asker.state = state;
    this.#guard.ready(state);
    this.#behind = [];
    const whyNot = this.#whyNot(state, between);
    this.#asking = whyNot === undefined;
    const done = () => this.#release();
    this.#consult(state, at, whyNot).then(done, done);
  }

  /** A message of the server while ReadyForQuery is held. */
  take(type: number, body: Buffer): void {
    // Only these can come unasked, besides the session's end.
    const unasked = type === backend.notification || type === backend.parameterStatus;
    if (unasked || !this.#parts.asker.read(type, body)) this.#behind?.push(message(type, body));
  }

  #whyNot(state: TransactionState, between: boolean): string | undefined {
    if (!this.#parts.mayAsk) return 'a session that streams the log can be asked nothing';
    if (!between) return 'the tool had already sent more when the session could have been asked';
    return this.#guard.whyNot(state);
  }

  async #consult(state: TransactionState, at: number, whyNot: string | undefined): Promise<void> {
    const { asker, hooks, connection } = this.#parts;
    const statements = this.#statements;
    this.#statements = [];
    if (this.#asking && state === 'I' && this.#guard.wantsTimeout) {
      const rows = await asker.ask(askTimeout, []);
      this.#guard.timeoutIs(rows?.[0]?.[0] ?? '');
    }
    let open = this.#asking;
    const ask: Ask = async (statement, values) => (open ? asker.ask(statement, values) : undefined);
    try {
      await hooks.atReady({ connection, state, statements, at, ask: open ? ask : undefined, whyNot });
    } finally {
      open = false;
      await asker.settled();
    }
  }

  #release(): void {
    const messages = [message(backend.ready, Buffer.from(this.#parts.asker.state)), ...(this.#behind ?? [])];
    this.#behind = undefined;
    this.#asking = false;
    this.#parts.release(messages);
  }
}
