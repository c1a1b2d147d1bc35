import type { Emit } from '../../core/event.ts';
import type { ObjectAmount } from '../../core/objects-report.ts';
import type { Phase } from '../../core/phase.ts';

/** Milliseconds between two events. */
const pauseMs = 250;
/** What an object costs besides its bytes, in bytes: a request takes about as long. */
const perObject = 64 * 1024;

/** Tells how far copying is, a few times a second. */
export class ObjectsProgress {
  readonly #emit: Emit;
  readonly #phase: Phase;
  readonly #total: ObjectAmount;
  readonly #startedAt = performance.now();
  #toldAt = 0;
  #objects = 0;
  #bytes = 0;

  constructor(emit: Emit, phase: Phase, total: ObjectAmount) {
    this.#emit = emit;
    this.#phase = phase;
    this.#total = total;
  }

  did(bytes: number): void {
    this.#objects++;
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#toldAt < pauseMs) return;
    this.#toldAt = now;
    this.#tell(now);
  }

  end(): void {
    this.#tell(performance.now());
  }

  #tell(now: number): void {
    const seconds = Math.max((now - this.#startedAt) / 1000, 0.001);
    const all = this.#total.bytes + this.#total.objects * perObject;
    const share = all === 0 ? 1 : Math.min(1, (this.#bytes + this.#objects * perObject) / all);
    this.#emit({
      type: 'progress',
      phase: this.#phase,
      task: 'objects',
      done: this.#objects,
      total: this.#total.objects,
      unit: 'objects',
      bytes: this.#bytes,
      bytesPerSecond: this.#bytes / seconds,
      share,
      ...(share > 0 ? { etaSeconds: (seconds * (1 - share)) / share } : {}),
    });
  }
}
