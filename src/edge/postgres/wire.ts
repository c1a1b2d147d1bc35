import { Socket } from 'node:net';

/** What one read takes at most. */
const READ_BYTES = 128 * 1024;

type Take = (data: Buffer) => void;

interface Chunk {
  readonly bytes: Buffer;
  /** Parts of it that somebody still needs. */
  held: number;
}

/**
 * The way of a server's bytes to the driver. While `reader` is set it gets them first, and hands on to `parse` what the driver is to see.
 *
 * On a plain connection the memory that bytes are read into is used again. A buffer of its own for each read made V8 collect all that lives for every 64 MB,
 * which took longer than to pass them on. So a reader has its data only until it returns, unless it holds it.
 */
export class Wire {
  reader: ((data: Buffer, parse: Take) => void) | undefined;
  readonly #free: Chunk[] = [];
  #current: Chunk | undefined;
  #parse: Take | undefined;
  #failed: (error: unknown) => void = () => {};

  /** A socket for a connection without TLS, which has memory of its own to read into. */
  makeSocket(): Socket {
    const socket: Socket = new Socket({
      onread: {
        buffer: () => this.#next(),
        callback: (size, bytes) => {
          const data = Buffer.from(bytes.buffer, bytes.byteOffset, size);
          if (this.reader === undefined) return socket.push(Buffer.from(data));
          this.#deliver(data, true);
          // What the reader paused stays paused.
          return !socket.isPaused();
        },
      },
    });
    return socket;
  }

  /** Sends what comes to `parse` from now on, and its exceptions to `failed`. Returns the listener for data of sockets that emit it. */
  attach(parse: Take, failed: (error: unknown) => void): Take {
    this.#parse = parse;
    this.#failed = failed;
    return (data) => this.#deliver(data, false);
  }

  /** Keeps the data that is being read from being overwritten, until the returned function is called. */
  hold(): () => void {
    const chunk = this.#current;
    if (chunk === undefined) return () => {};
    chunk.held++;
    return () => {
      chunk.held--;
      if (chunk.held === 0 && chunk !== this.#current) this.#free.push(chunk);
    };
  }

  #next(): Buffer {
    if (this.#current === undefined || this.#current.held > 0) this.#current = this.#free.pop() ?? { bytes: Buffer.allocUnsafeSlow(READ_BYTES), held: 0 };
    return this.#current.bytes;
  }

  #deliver(data: Buffer, isShared: boolean): void {
    const parse = this.#parse;
    if (parse === undefined) return;
    // The driver keeps what a message lacks its end of.
    const parseCopy: Take = isShared ? (part) => parse(Buffer.from(part)) : parse;
    try {
      if (this.reader === undefined) parseCopy(data);
      else this.reader(data, parseCopy);
    } catch (error) {
      this.#failed(error);
    }
  }
}
