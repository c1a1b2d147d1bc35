/** Choices, taken one after another from bytes that fast-check made: when it shrinks them to zeros, the first and simplest of each choice is left. */
export class Dice {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    const byte = this.#bytes[this.#at++ % this.#bytes.length] ?? 0;
    return byte % Math.max(1, end);
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.below(from.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  /** Whether something that happens one time in `times` does. */
  once(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** Some of these, at least one, in their order. */
  some<T>(from: readonly T[]): readonly T[] {
    const chosen = from.filter(() => this.once(2));
    return chosen.length > 0 ? chosen : from.slice(0, 1);
  }
}
