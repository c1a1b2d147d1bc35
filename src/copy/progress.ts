import type { Emit } from '../core/event.ts';

const everyMs = 200;

/** Adds up what several workers copied and says so a few times a second. */
export class Progress {
  rows = 0;
  bytes = 0;
  readonly #emit: Emit;
  readonly #total: { readonly rows?: number; readonly bytes?: number };
  #saidAt = 0;

  /** @param total estimates; may be passed over. */
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

  say(now = performance.now()): void {
    this.#saidAt = now;
    // An estimate that was too low is no total any more.
    const { rows, bytes } = this.#total;
    this.#emit({
      type: 'progress',
      phase: 'provision',
      task: 'copying rows',
      done: this.rows,
      ...(rows !== undefined && rows >= this.rows ? { total: rows } : {}),
      unit: 'rows',
    });
    this.#emit({
      type: 'progress',
      phase: 'provision',
      task: 'copying data',
      done: this.bytes,
      ...(bytes !== undefined && bytes >= this.bytes ? { total: bytes } : {}),
      unit: 'bytes',
    });
  }
}
