import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { basename } from 'node:path';
import type { Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';

/** A file that only its owner may read, hashed while it is written, on disk for good when `finish` returns. */
export class HashedFile {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  readonly #file: WriteStream;
  #sizeBytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true, highWaterMark: 1024 * 1024 });
    // Errors come out of the next write or of `finish`; without a listener they would end the process.
    this.#file.on('error', () => {});
  }

  async write(text: string): Promise<void> {
    await this.#put(Buffer.from(text));
  }

  /** All that a stream gives. */
  async writeFrom(stream: NodeJS.ReadableStream, through: Transform, signal: AbortSignal): Promise<void> {
    const put = (chunk: Buffer) => this.#put(chunk);
    await pipeline(
      stream,
      through,
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await put(chunk);
      },
      { signal },
    );
  }

  async finish(): Promise<{ readonly name: string; readonly sizeBytes: number; readonly sha256: string }> {
    this.#file.end();
    await finished(this.#file);
    return { name: basename(this.#path), sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }

  /** Gives the file up; the error of the reason is what counts. */
  abandon(): void {
    this.#file.destroy();
  }

  async #put(chunk: Buffer): Promise<void> {
    if (this.#file.errored) throw this.#file.errored;
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.length;
    const room = this.#file.write(chunk);
    if (room) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        this.#file.off('drain', settle).off('error', settle).off('close', settle);
        if (error instanceof Error) reject(error);
        else resolve();
      };
      this.#file.once('drain', settle).once('error', settle).once('close', settle);
    });
  }
}
