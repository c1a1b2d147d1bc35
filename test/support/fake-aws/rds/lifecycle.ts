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
  /** One look after the other: what begins a state is done before anybody looks again. */
  #looks: Promise<unknown> = Promise.resolve();

  constructor(settled: string) {
    this.#settled = settled;
    this.#stages = [];
  }

  get status(): string {
    return this.#stages[0]?.status ?? this.#settled;
  }

  /** How often the present state will still be told. */
  get left(): number {
    return this.#left;
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
  look(): Promise<string> {
    const look = this.#looks.then(() => this.#step());
    this.#looks = look.catch(() => {});
    return look;
  }

  async #step(): Promise<string> {
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

  /** Lets what is stuck in a state pass on at the next asking. */
  goOn(): void {
    if (this.#left === Number.POSITIVE_INFINITY) this.#left = 1;
  }

  async #begin(): Promise<void> {
    const [stage] = this.#stages;
    this.#left = stage?.polls ?? 0;
    await stage?.enter?.();
  }
}
