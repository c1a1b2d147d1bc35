import { Writable } from 'node:stream';
import type pg from 'pg';

/** Bytes held back before the writer has to wait. */
const HIGH_WATER_MARK = 256 * 1024;
const COPY_DATA = 0x64;

type WireConnection = pg.Connection & { sendCopyFail(message: string): void; endCopyFrom(): void };

/**
 * COPY … FROM STDIN as a stream: its end resolves when the server has taken all rows; the server's error destroys it. Destroying it makes the
 * server give up the rows of this COPY.
 */
export class CopyIn extends Writable implements pg.Submittable {
  readonly #statement: string;
  readonly #describe: (error: unknown) => unknown;
  #connection: WireConnection | undefined;
  /** Set while the server waits for data. */
  #open = false;
  #answered = false;
  #onOpen: (() => void) | undefined;
  #onAnswer: ((error?: Error) => void) | undefined;

  constructor(statement: string, describe: (error: unknown) => unknown) {
    super({ highWaterMark: HIGH_WATER_MARK, decodeStrings: true });
    this.#statement = statement;
    this.#describe = describe;
  }

  submit(connection: pg.Connection): void {
    this.#connection = connection as WireConnection;
    connection.query(this.#statement);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send([chunk], callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    const buffers = chunks.map(({ chunk }) => chunk);
    this.#send(buffers, callback);
  }

  /** All chunks as one CopyData message: the message borders mean nothing to the server. */
  #send(chunks: readonly Buffer[], callback: (error?: Error | null) => void): void {
    if (!this.#open) {
      this.#onOpen = () => this.#send(chunks, callback);
      return;
    }
    const stream = this.#connection?.stream;
    if (stream === undefined) {
      callback(new Error('the copy is over'));
      return;
    }
    const header = Buffer.allocUnsafe(5);
    header[0] = COPY_DATA;
    header.writeUInt32BE(4 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), 1);
    stream.cork();
    let room = stream.write(header);
    for (const chunk of chunks) room = stream.write(chunk);
    stream.uncork();
    if (room) callback();
    else this.#whenDrained(stream, callback);
  }

  /** A socket that dies never drains: the error that the driver hands over then ends the wait. */
  #whenDrained(stream: NodeJS.EventEmitter, callback: (error?: Error | null) => void): void {
    const over = () => {
      stream.removeListener('drain', over);
      stream.removeListener('close', over);
      callback();
    };
    stream.once('drain', over);
    stream.once('close', over);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#onAnswer = callback;
    if (this.#open) this.#connection?.endCopyFrom();
    else this.#onOpen = () => this.#connection?.endCopyFrom();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#answered || this.#connection === undefined) {
      callback(error);
      return;
    }
    // The next statement may only be sent when the server has answered to the end of this one.
    this.#onAnswer = () => callback(error);
    const giveUp = () => this.#connection?.sendCopyFail('the copy was abandoned');
    if (this.#open) giveUp();
    else this.#onOpen = giveUp;
  }

  handleCopyInResponse(): void {
    this.#open = true;
    const next = this.#onOpen;
    this.#onOpen = undefined;
    next?.();
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#answer();
  }

  handleError(error: unknown): void {
    this.#answer(this.#describe(error) as Error);
  }

  #answer(error?: Error): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#open = false;
    const waiting = this.#onAnswer;
    this.#onAnswer = undefined;
    if (waiting !== undefined) waiting(error);
    else if (error !== undefined) this.destroy(error);
  }
}
