/** What becomes of a message: its bytes go on as they come, or are kept until it is whole; how many bytes of its body are wanted (none: undefined). */
export interface Handling {
  readonly kept: boolean;
  readonly bodyLimit?: number;
}

export interface ReadMessage {
  readonly type: number;
  readonly body: Buffer;
  /** The body has more bytes than were wanted. */
  readonly cut: boolean;
  /** Nothing of it was passed on. */
  readonly kept: boolean;
  /** When its first byte came: milliseconds of `performance.now()`. */
  readonly startedAt: number;
}

export interface MessageSink {
  /** Decided by the header alone, since a body may have a gigabyte. `bodyBytes` is its length. */
  decide(type: number, bodyBytes: number): Handling;
  /** Bytes that go on, in the pieces in which they came. */
  pass(bytes: Buffer): void;
  /**
   * A message is whole whose body was asked for.
   *
   * @returns whether reading pauses after this message.
   */
  message(read: ReadMessage): boolean;
}

/** Type and length, which counts itself. */
const HEADER_BYTES = 5;

/**
 * Walks a stream of protocol messages without looking into those that nobody wants and without putting together what is only passed on, so that a
 * message of any size goes through in the memory of a chunk.
 */
export class MessageReader {
  readonly #sink: MessageSink;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #type = 0;
  #inBody = false;
  #left = 0;
  #handling: Handling = { kept: false };
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #bodyLeft = 0;
  #startedAt = 0;
  #lost = false;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  /** Whether the last message is whole, so that another one could be put behind it. */
  get between(): boolean {
    return !this.#lost && !this.#inBody && this.#headerBytes === 0;
  }

  /**
   * Reads a chunk, from an offset on, that came at `now`. Gives the offset behind the message at which the sink paused, else the chunk's length.
   * After a length that can't be, everything is passed on unread: the other side will have its own words for it.
   */
  read(chunk: Buffer, now: number, from = 0): number {
    let at = from;
    let passFrom = from;
    const passTo = (end: number) => {
      if (end > passFrom) this.#sink.pass(passFrom === 0 && end === chunk.length ? chunk : chunk.subarray(passFrom, end));
    };
    while (at < chunk.length && !this.#lost) {
      if (!this.#inBody) {
        if (this.#headerBytes === 0) this.#startedAt = now;
        const whole = this.#headerBytes === 0 && chunk.length - at >= HEADER_BYTES;
        if (whole) this.#begin(chunk, at);
        else {
          // A header that is cut waits for its rest: until then nobody knows whether it may go on.
          passTo(at);
          const taken = chunk.copy(this.#header, this.#headerBytes, at, at + HEADER_BYTES - this.#headerBytes);
          this.#headerBytes += taken;
          passFrom = at + taken;
          if (this.#headerBytes < HEADER_BYTES) return chunk.length;
          this.#begin(this.#header, 0);
          if (this.#lost || !this.#handling.kept) this.#sink.pass(Buffer.from(this.#header));
        }
        if (this.#lost) break;
        if (whole && this.#handling.kept) {
          passTo(at);
          passFrom = at + HEADER_BYTES;
        }
        at = whole ? at + HEADER_BYTES : passFrom;
        this.#headerBytes = 0;
        this.#inBody = true;
      }
      const end = Math.min(at + this.#left, chunk.length);
      if (this.#bodyLeft > 0 && end > at) {
        const part = chunk.subarray(at, Math.min(end, at + this.#bodyLeft));
        this.#bodyLeft -= part.length;
        this.#body.push(part);
      }
      this.#left -= end - at;
      at = end;
      if (this.#handling.kept) passFrom = at;
      if (this.#left > 0) break;
      this.#inBody = false;
      if (this.#handling.bodyLimit !== undefined) {
        const body = this.#body.length === 1 ? (this.#body[0] as Buffer) : Buffer.concat(this.#body);
        this.#body = [];
        // What was passed stands before what the sink may write itself.
        passTo(at);
        passFrom = at;
        const cut = body.length < this.#bodyBytes;
        if (this.#sink.message({ type: this.#type, body, cut, kept: this.#handling.kept, startedAt: this.#startedAt })) return at;
      }
    }
    passTo(chunk.length);
    return chunk.length;
  }

  #begin(bytes: Buffer, at: number): void {
    const length = bytes.readUInt32BE(at + 1);
    if (length < HEADER_BYTES - 1) {
      this.#lost = true;
      return;
    }
    this.#type = bytes[at] as number;
    this.#left = length + 1 - HEADER_BYTES;
    this.#bodyBytes = this.#left;
    this.#handling = this.#sink.decide(this.#type, this.#left);
    this.#bodyLeft = Math.min(this.#left, this.#handling.bodyLimit ?? 0);
  }
}
