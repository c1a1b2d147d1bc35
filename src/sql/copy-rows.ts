const newline = 10;
const carriageReturn = 13;
const end = Buffer.from('\n\\.');
/** The longest start of an end mark that may stand at the end of a chunk: `\n\.\r`. */
const heldBack = 4;

/** Where the bytes of a script come from. */
export interface ByteSource {
  /** The next bytes, or undefined at the end. */
  next(): Promise<Buffer | undefined>;
  /** Gives bytes back: `next` returns them first. */
  unread(bytes: Buffer): void;
}

/**
 * The rows after a COPY … FROM stdin, as raw bytes in chunks, up to the line `\.`, which is taken out. Constant memory.
 * `rows` counts lines (in CSV a quoted value with a line break counts twice), `bytes` what was handed out; both are final at the end.
 */
export class CopyRows implements AsyncIterable<Buffer> {
  rows = 0;
  bytes = 0;
  /** `open` until the rows were read; `unterminated`: the script ended without `\.`. */
  state: 'open' | 'complete' | 'unterminated' = 'open';
  readonly #source: ByteSource;
  #started = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    if (this.#started) throw new Error('the rows of a COPY can be read only once');
    this.#started = true;
    yield* this.#read();
  }

  /** Reads what nobody wanted, so that the script goes on after the rows. */
  async drain(): Promise<void> {
    this.#started = true;
    for await (const _ of this.#read());
  }

  async *#read(): AsyncGenerator<Buffer> {
    if (this.state !== 'open') return;
    // A line break is put before the first row, so that an end mark in the first line is found like any other; it isn't handed out.
    let rest: Buffer = this.#rest ?? Buffer.from('\n');
    let skip = this.#rest === undefined ? 1 : 0;
    for (;;) {
      const chunk = await this.#source.next();
      const bytes = chunk === undefined ? rest : Buffer.concat([rest, chunk]);
      const found = endMark(bytes, chunk === undefined);
      if (found !== undefined) {
        this.#source.unread(bytes.subarray(found.after));
        this.state = 'complete';
        if (found.at + 1 > skip) yield this.#count(bytes.subarray(skip, found.at + 1));
        return;
      }
      const safe = chunk === undefined ? bytes.length : bytes.length - heldBack;
      if (safe > skip) {
        const out = bytes.subarray(skip, safe);
        rest = bytes.subarray(safe);
        skip = 0;
        // Kept for a reader that stops early: `drain` goes on from here.
        this.#rest = rest;
        if (chunk === undefined) this.state = 'unterminated';
        yield this.#count(out);
      } else rest = bytes;
      if (chunk === undefined) {
        this.state = 'unterminated';
        return;
      }
    }
  }

  #rest: Buffer | undefined;

  #count(out: Buffer): Buffer {
    this.bytes += out.length;
    for (let at = 0; at < out.length; at++) if (out[at] === newline) this.rows++;
    return out;
  }
}

/** The end mark: `\.` alone on its line. `at` is the line break before it, `after` the first byte behind its line. */
function endMark(bytes: Buffer, isLast: boolean): { at: number; after: number } | undefined {
  for (let at = bytes.indexOf(end); at !== -1; at = bytes.indexOf(end, at + 1)) {
    const next = bytes[at + 3];
    if (next === newline) return { at, after: at + 4 };
    if (next === carriageReturn && bytes[at + 4] === newline) return { at, after: at + 5 };
    if (isLast && (next === undefined || (next === carriageReturn && at + 4 === bytes.length))) return { at, after: bytes.length };
  }
  return undefined;
}
