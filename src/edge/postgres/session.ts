import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { RelayError, SqlError } from '../../core/failure.ts';
import type { BoundStatement, CopyRelay, Relayed, SentStatement, Session, StatementResult, StatementShape } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { type CancelKey, cancelRequest } from './cancel-request.ts';
import { CopyIn } from './copy-in.ts';
import { copyOut } from './copy-out.ts';
import { Description } from './description.ts';
import type { LoggedIn } from './log-in.ts';
import { Pipeline } from './pipeline.ts';
import { showPlace } from './place.ts';
import { relayCopy } from './relay-copy.ts';
import { SimpleBatch } from './simple-batch.ts';
import { isServerError, toSqlError } from './sql-error.ts';

const CLOSE_WITHIN_MS = 2_000;

/** One connection over the `pg` driver. Calls wait for each other: a session does one thing at a time. */
export class PgSession implements Session {
  readonly address: Address;
  readonly serverVersionNum: number;
  readonly backendPid: number;
  readonly #client: pg.Client;
  readonly #tls: LoggedIn['tls'];
  readonly #wire: LoggedIn['wire'];
  readonly #signal: AbortSignal | undefined;
  readonly #onStatement: ((sent: SentStatement) => void) | undefined;
  readonly #onAbort = () => void this.#stop();
  #tail: Promise<unknown> = Promise.resolve();
  #busy = 0;
  /** Why no more statements can be sent. */
  #ended: SqlError | undefined;
  /** What the server said last outside of any statement, such as "terminating connection". */
  #lastWord: unknown;
  #closing: Promise<void> | undefined;

  constructor(
    address: Address,
    { client, tls, wire }: LoggedIn,
    server: { serverVersionNum: number; backendPid: number },
    signal: AbortSignal | undefined,
    onStatement?: (sent: SentStatement) => void,
  ) {
    this.#onStatement = onStatement;
    this.address = address;
    this.serverVersionNum = server.serverVersionNum;
    this.backendPid = server.backendPid;
    this.#client = client;
    this.#tls = tls;
    this.#wire = wire;
    this.#signal = signal;
    client.on('error', (error) => {
      this.#lastWord ??= error;
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
  }

  query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#turn(text, async () => {
      // The extended protocol takes one statement only, with or without values.
      const query = { text, values: [...values], queryMode: 'extended' };
      const result = await this.#client.query<Row & object>(query);
      return result.rows;
    });
  }

  queryAll<Row>(statements: readonly BoundStatement[]): Promise<readonly (readonly Row[])[]> {
    if (statements.length === 0) return Promise.resolve([]);
    let startedAt = performance.now();
    const tell = (place: number, sqlstate?: string) => {
      const now = performance.now();
      this.#onStatement?.({ text: statements[place]?.text ?? '', durationMs: now - startedAt, ...(sqlstate !== undefined && { sqlstate }) });
      startedAt = now;
    };
    const [first] = statements as [BoundStatement];
    return this.#waitTurn(first.text, async () => {
      startedAt = performance.now();
      try {
        return (await this.#client.query(new Pipeline(statements, tell)).rows) as readonly (readonly Row[])[];
      } catch (error) {
        const place = isServerError(error) ? (error.place ?? 0) : 0;
        const described = this.#describe(error, statements[place]?.text ?? '');
        tell(place, described instanceof SqlError ? described.fields.sqlstate : 'XX000');
        throw described;
      }
    });
  }

  describe(text: string): Promise<StatementShape> {
    return this.#turn(text, () => this.#client.query(new Description(text)).shape);
  }

  execute(text: string): Promise<readonly StatementResult[]> {
    return this.#turn(text, () => this.#client.query(new SimpleBatch(text)).results);
  }

  copyOut(statement: string): Readable {
    const stream = copyOut(statement, (error) => this.#describe(error, statement));
    this.#hold(stream, statement, async () => {
      this.#client.query(stream);
      await closed(stream);
      // Rows that nobody reads any more would block the connection: there is no way back but to cancel and close.
      if (stream.readableEnded || stream.failedAtServer()) return;
      await this.#giveUp();
    });
    return stream;
  }

  copyIn(statement: string): Writable {
    const stream = new CopyIn(statement, (error) => this.#describe(error, statement));
    this.#hold(stream, statement, async () => {
      this.#client.query(stream);
      await closed(stream);
    });
    return stream;
  }

  async relayCopy(target: Session, relay: CopyRelay): Promise<Relayed> {
    if (!(target instanceof PgSession)) throw new TypeError('rows go from one connection to another');
    const end = await this.#turn(relay.out, () => this.#relayTo(target, relay));
    if (!('side' in end)) return end;
    const failed = end.side === 'source' ? this : target;
    throw new RelayError(end.side, end.place, failed.#describe(end.error, end.side === 'source' ? relay.out : relay.into));
  }

  async #relayTo(target: PgSession, relay: CopyRelay) {
    try {
      return await target.#turn(relay.into, () =>
        relayCopy({ client: this.#client, wire: this.#wire }, { client: target.#client }, relay, {
          source: () => void this.#giveUp(),
          target: () => void target.close(),
        }),
      );
    } catch (error) {
      return { side: 'target' as const, place: 0, error };
    }
  }

  /** Ends what runs here because nobody wants it any more. */
  async #giveUp(): Promise<void> {
    this.#ended ??= new SqlError({ sqlstate: '08003', message: 'the session was closed because a copy was not read to its end' });
    await this.#cancel();
    await this.close();
  }

  onNotice(listener: (notice: { severity: string; message: string; sqlstate: string }) => void): void {
    this.#client.on('notice', ({ severity, message, code }) => listener({ severity: severity ?? 'NOTICE', message: message ?? '', sqlstate: code ?? '00000' }));
  }

  close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#ended ??= new SqlError({ sqlstate: '08003', message: 'the session is closed' });
    this.#closing ??= this.#end();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits for the calls before, then does its own; errors leave as SqlError. */
  #turn<T>(statement: string, use: () => Promise<T>): Promise<T> {
    return this.#waitTurn(statement, () => this.#told(statement, use));
  }

  async #waitTurn<T>(statement: string, use: () => Promise<T>): Promise<T> {
    const before = this.#tail;
    const mine = Promise.withResolvers<void>();
    this.#tail = mine.promise;
    this.#busy++;
    try {
      await before;
      if (this.#ended !== undefined) throw new SqlError({ ...this.#ended.fields, statement });
      return await use();
    } catch (error) {
      throw this.#describe(error, statement);
    } finally {
      this.#busy--;
      mine.resolve();
    }
  }

  /** Tells whoever listens what was sent, once it has ended. */
  async #told<T>(text: string, use: () => Promise<T>): Promise<T> {
    if (this.#onStatement === undefined) return await use();
    const startedAt = performance.now();
    try {
      const result = await use();
      this.#onStatement({ text, durationMs: performance.now() - startedAt });
      return result;
    } catch (error) {
      const described = this.#describe(error, text);
      const sqlstate = described instanceof SqlError ? described.fields.sqlstate : 'XX000';
      this.#onStatement({ text, durationMs: performance.now() - startedAt, sqlstate });
      throw error;
    }
  }

  /** A turn that lasts as long as a stream. A turn that can't begin destroys the stream. */
  #hold(stream: Readable | Writable, statement: string, use: () => Promise<void>): void {
    this.#turn(statement, async () => {
      if (!stream.destroyed) await use();
    }).catch((error: Error) => stream.destroy(error));
  }

  #describe(error: unknown, statement: string): unknown {
    // "Connection terminated" says less than what the server said before it went.
    const telling = this.#lastWord instanceof Error && !(error instanceof SqlError) && !isServerError(error) ? this.#lastWord : error;
    const described = toSqlError(telling, showPlace(this.address), statement);
    return this.#signal?.aborted && described instanceof SqlError && described.fields.sqlstate.startsWith('08') ? interrupted(statement) : described;
  }

  /** The run was interrupted: what runs on the server ends there, then the connection goes. */
  async #stop(): Promise<void> {
    this.#ended ??= interrupted();
    if (this.#busy > 0) {
      await this.#cancel();
      // A cancelled statement answers at once unless the server is out of reach or nobody reads a copy.
      await Promise.race([this.#tail, sleep(500, undefined, { ref: false })]);
    }
    await this.close();
  }

  #cancel(): Promise<void> {
    return cancelRequest(this.address, this.#tls, this.#client as unknown as CancelKey);
  }

  async #end(): Promise<void> {
    const { stream } = this.#client.connection;
    await Promise.race([this.#client.end(), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]).catch(() => {});
    stream.destroy();
  }
}

function interrupted(statement?: string): SqlError {
  return new SqlError({ sqlstate: '57014', message: 'the run was interrupted', ...(statement === undefined ? {} : { statement }) });
}

function closed(stream: Readable | Writable): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => stream.once('close', resolve));
}
