/** A state that lasts for some askings. `enter` is done when it begins. */
export interface Stage {
  readonly status: string;
  /** How many times it is told before the next one begins. */
  readonly polls: number;
  readonly enter?: () => Promise<void>;
}

/**
 * States that a resource passes through while somebody looks: each description tells the state and uses up one of its polls. So nothing depends on a clock, and a
 * test that never asks sees nothing happen, as with a real cloud seen too seldom.
 */
export class Lifecycle {
  #stages: Stage[];
  #left = 0;
  #settled: string;

  constructor(settled: string) {
    this.#settled = settled;
    this.#stages = [];
  }

  get status(): string {
    return this.#stages[0]?.status ?? this.#settled;
  }

  get isMoving(): boolean {
    return this.#stages.length > 0;
  }

  /** Begins a way through states; it ends in `settled`. What was under way before is given up. */
  async go(stages: readonly Stage[], settled: string): Promise<void> {
    this.#stages = [...stages];
    this.#settled = settled;
    await this.#begin();
  }

  /** Tells the state, and lets time pass. */
  async look(): Promise<string> {
    const told = this.status;
    if (this.#stages.length > 0) {
      this.#left -= 1;
      if (this.#left <= 0) {
        this.#stages.shift();
        await this.#begin();
      }
    }
    return told;
  }

  async #begin(): Promise<void> {
    const [stage] = this.#stages;
    this.#left = stage?.polls ?? 0;
    await stage?.enter?.();
  }
}
