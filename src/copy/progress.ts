import type { Emit } from '../core/event.ts';

const everyMs = 200;
/** Over which time a rate is taken: long enough to be calm, short enough to follow what happens. */
const rateOverMs = 5_000;
/** Before this a guess of the end would only jump. */
const guessAfterMs = 2_000;

/** A table or some, as far as they are known beforehand. */
export interface PartSize {
  readonly estimatedRows: number;
  /** On the source's disk. */
  readonly sizeBytes: number;
}

/** One part of a copy while it runs. */
export interface ProgressPart {
  /** @param bytes on the wire or in a file. */
  add(rows: number, bytes: number): void;
  /** All of it came. */
  end(): void;
  /** None of it counts: it will be copied again. */
  takeBack(): void;
}

/**
 * Adds up what several workers copied and says so a few times a second, with the rate of the last seconds and a guess of the time left. Keeps
 * nothing but sums and the parts that run.
 */
export class Progress {
  rows = 0;
  bytes = 0;
  readonly #emit: Emit;
  readonly #total: { readonly rows?: number; readonly bytes?: number };
  readonly #startedAt = performance.now();
  /** Source's bytes of all parts that have ended. */
  #endedBytes = 0;
  readonly #running = new Set<() => number>();
  #samples: { readonly at: number; readonly rows: number; readonly bytes: number }[] = [];
  #saidAt = 0;

  /** @param total estimates; may be passed over. `bytes` as in PartSize, else as they are added. */
  constructor(emit: Emit, total: { readonly rows?: number; readonly bytes?: number }) {
    this.#emit = emit;
    this.#total = total;
  }

  add(rows: number, bytes: number): void {
    this.rows += rows;
    this.bytes += bytes;
    const now = performance.now();
    if (now - this.#saidAt >= everyMs) this.say(now);
  }

  /** Begins a part whose size on the source is known: what is on the wire says little about how much of a source is left. */
  part({ estimatedRows, sizeBytes }: PartSize): ProgressPart {
    let rows = 0;
    let bytes = 0;
    const doneBytes = () => sizeBytes * Math.min(1, estimatedRows > 0 ? rows / estimatedRows : bytes / Math.max(1, sizeBytes));
    this.#running.add(doneBytes);
    return {
      add: (moreRows, moreBytes) => {
        rows += moreRows;
        bytes += moreBytes;
        this.add(moreRows, moreBytes);
      },
      end: () => {
        if (this.#running.delete(doneBytes)) this.#endedBytes += sizeBytes;
      },
      takeBack: () => {
        this.#running.delete(doneBytes);
        this.rows -= rows;
        this.bytes -= bytes;
      },
    };
  }

  say(now = performance.now()): void {
    this.#saidAt = now;
    const first = this.#samples.find(({ at }) => now - at <= rateOverMs) ?? { at: this.#startedAt, rows: 0, bytes: 0 };
    this.#samples = [...this.#samples.filter(({ at }) => now - at <= rateOverMs), { at: now, rows: this.rows, bytes: this.bytes }];
    const seconds = (now - first.at) / 1000;
    const rate = seconds >= 0.5 ? { ratePerSecond: (this.rows - first.rows) / seconds, bytesPerSecond: (this.bytes - first.bytes) / seconds } : {};
    // An estimate that was too low is no total any more.
    const { rows } = this.#total;
    this.#emit({
      type: 'progress',
      phase: 'provision',
      task: 'copying rows',
      done: this.rows,
      ...(rows !== undefined && rows > 0 && rows >= this.rows ? { total: rows } : {}),
      unit: 'rows',
      bytes: this.bytes,
      ...rate,
      ...this.#guess(now),
    });
  }

  /** The share of the source's bytes that came, and the seconds that the rest takes at the speed of the whole so far. */
  #guess(now: number): { readonly share?: number; readonly etaSeconds?: number } {
    const total = this.#total.bytes ?? 0;
    if (total === 0) return {};
    const known = this.#endedBytes > 0 || this.#running.size > 0;
    const done = known ? this.#endedBytes + [...this.#running].reduce((sum, doneBytes) => sum + doneBytes(), 0) : this.bytes;
    const share = Math.min(1, done / total);
    const elapsedMs = now - this.#startedAt;
    return { share, ...(share > 0 && elapsedMs >= guessAfterMs ? { etaSeconds: ((1 - share) / share) * (elapsedMs / 1000) } : {}) };
  }
}
