import { pieceBytes } from './dump-file.ts';

const newline = 10;

/** Rows of a COPY, counted on their way. In COPY's text format each row is one line, whatever it holds. */
export class CountedRows implements AsyncIterable<Buffer> {
  rows = 0;
  bytes = 0;
  readonly #source: AsyncIterable<Buffer>;
  readonly #heard: (rows: number, bytes: number) => void;

  constructor(source: AsyncIterable<Buffer>, heard: (rows: number, bytes: number) => void) {
    this.#source = source;
    this.#heard = heard;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for await (const chunk of this.#source) {
      let rows = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) rows++;
      this.rows += rows;
      this.bytes += chunk.length;
      this.#heard(rows, chunk.length);
      yield chunk;
    }
  }
}

/** Joins chunks to pieces that are worth packing: a call for each chunk of a socket costs more than the packing itself. */
export async function* joined(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < pieceBytes) continue;
    yield held.length === 1 ? chunk : Buffer.concat(held);
    held = [];
    heldBytes = 0;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
