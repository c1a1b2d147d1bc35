import type { ChunkedDump, DumpChunk } from './chunk-dump.ts';

/** Goes through a dump chunk by chunk, with a look ahead. */
export class ChunkCursor {
  readonly dump: ChunkedDump;
  /** Where the next chunk begins that was not looked at yet. */
  at: number;
  readonly #seen: DumpChunk[] = [];

  constructor(dump: ChunkedDump) {
    this.dump = dump;
    this.at = dump.start;
  }

  /** Whether chunks were looked at that are not taken yet. */
  get isAhead(): boolean {
    return this.#seen.length > 0;
  }

  /** The chunk behind the next `n`; undefined at the end. */
  peek(n: number): DumpChunk | undefined {
    while (this.#seen.length <= n && this.at < this.dump.text.length) {
      const { chunk, end } = this.dump.chunkAt(this.at);
      this.#seen.push(chunk);
      this.at = end;
    }
    return this.#seen[n];
  }

  /** The next chunk, as a list of one; of none at the end. */
  take(): readonly DumpChunk[] {
    this.peek(0);
    return this.#seen.splice(0, 1);
  }

  /** All that is left. */
  *rest(): Generator<DumpChunk> {
    for (let next = this.take(); next.length > 0; next = this.take()) yield* next;
  }
}

/** Moves both behind the chunks that come next and are the same, without cutting them. */
export function skipCommon(left: ChunkCursor, right: ChunkCursor): void {
  if (left.isAhead || right.isAhead || left.dump.settingsAt(left.at) !== right.dump.settingsAt(right.at)) return;
  const [a, b] = [left.dump.text, right.dump.text];
  const length = commonLength(a, left.at, b, right.at);
  if (left.at + length === a.length && right.at + length === b.length) {
    left.at += length;
    right.at += length;
    return;
  }
  // The chunk in which they part is cut on both sides; its header is the same.
  const parting = left.dump.headerBetween(left.at, left.at + length);
  if (parting === undefined) return;
  right.at += parting - left.at;
  left.at = parting;
}

/** How many characters are the same from these offsets on. Blocks are compared as wholes: much faster than one by one. */
function commonLength(a: string, fromA: number, b: string, fromB: number): number {
  const most = Math.min(a.length - fromA, b.length - fromB);
  let same = 0;
  for (let block = 65_536; block >= 1; ) {
    const end = Math.min(same + block, most);
    if (end > same && a.slice(fromA + same, fromA + end) === b.slice(fromB + same, fromB + end)) same = end;
    else block >>= 2;
  }
  return same;
}
