import { inspect } from 'node:util';

/**
 * A value that must not be printed, logged or written into evidence. Every way of turning it into text gives `***`;
 * only `reveal()` gives the value, so that each use can be found by name.
 */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '***';
  }
  toJSON(): string {
    return '***';
  }
  [inspect.custom](): string {
    return '***';
  }
}
