const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** A message's type and its length, which counts itself. */
const HEADER_BYTES = 5;

/**
 * Finds the rows in what a server sends during COPY … TO STDOUT, without looking into them: walks from message to message. CopyData and CopyDone,
 * which are the same in both directions, go to `forward` as they lie in the chunk; everything else goes to `parse`.
 */
export class CopyMessages {
  rows = 0;
  /** Bytes that a message which was forwarded in part still lacks; 0 between messages. */
  get missingBytes(): number {
    return this.#forwarding ? this.#left : 0;
  }
  readonly #forward: (part: Buffer) => void;
  /** Bytes of the current message that are still to come. */
  #left = 0;
  #forwarding = true;
  /** The start of a header that the last chunk cut. */
  #carry: Buffer | undefined;

  constructor(forward: (part: Buffer) => void) {
    this.#forward = forward;
  }

  read(chunk: Buffer, parse: (data: Buffer) => void): void {
    const data = this.#carry === undefined ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = undefined;
    const { length } = data;
    let at = Math.min(this.#left, length);
    this.#left -= at;
    let start = 0;
    if (!this.#forwarding) {
      if (at > 0) parse(data.subarray(0, at));
      start = at;
    }
    while (at < length) {
      if (length - at < HEADER_BYTES) {
        // The chunk's memory is the reader's only until this returns.
        this.#carry = Buffer.from(data.subarray(at));
        break;
      }
      const type = data[at];
      const next = at + 1 + data.readUInt32BE(at + 1);
      const end = Math.min(next, length);
      this.#left = next - end;
      this.#forwarding = type === COPY_DATA || type === COPY_DONE;
      if (type === COPY_DATA) this.rows++;
      else if (type !== COPY_DONE) {
        if (start < at) this.#forward(data.subarray(start, at));
        parse(data.subarray(at, end));
        start = end;
      }
      at = end;
    }
    if (start < at) this.#forward(data.subarray(start, at));
  }
}
