import { Transform } from 'node:stream';

/**
 * Hands chunks through and counts them. In COPY's text format each row is one line, whatever it holds: line breaks inside of values are
 * written as `\n`.
 */
export class CountLines extends Transform {
  lines = 0;
  bytes = 0;
  readonly #heard: (lines: number, bytes: number) => void;

  constructor(heard: (lines: number, bytes: number) => void) {
    super({ highWaterMark: 256 * 1024 });
    this.#heard = heard;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: (error: Error | null, chunk: Buffer) => void): void {
    let lines = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
    this.lines += lines;
    this.bytes += chunk.length;
    this.#heard(lines, chunk.length);
    callback(null, chunk);
  }
}
