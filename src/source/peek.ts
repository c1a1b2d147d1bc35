import type { Readable } from 'node:stream';

const headBytes = 64 * 1024;
const tailBytes = 4 * 1024;

/** A stream whose first bytes are known before it is read, and whose last bytes are known after. */
export interface Peeked {
  readonly head: string;
  readonly bytes: AsyncIterable<Buffer>;
  /** Of all that was read so far. */
  tail(): string;
  size(): number;
}

/** Reads the start of a stream and hands all of it on. Texts are Latin-1: only ASCII lines are looked for in them. */
export async function peek(stream: Readable): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first: Buffer[] = [];
  let got = 0;
  let last = Buffer.alloc(0);
  let size = 0;
  while (got < headBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    got += next.value.length;
  }
  const see = (chunk: Buffer) => {
    size += chunk.length;
    last = chunk.length >= tailBytes ? Buffer.from(chunk.subarray(-tailBytes)) : Buffer.concat([last, chunk]).subarray(-tailBytes);
    return chunk;
  };
  const all = async function* () {
    try {
      for (const chunk of first) yield see(chunk);
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield see(next.value);
    } finally {
      stream.destroy();
    }
  };
  return { head: Buffer.concat(first).subarray(0, headBytes).toString('latin1'), bytes: all(), tail: () => last.toString('latin1'), size: () => size };
}
