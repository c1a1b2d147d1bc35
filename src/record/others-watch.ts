import type { SideSession } from './side-session.ts';

/** What one look said of the time since the look before it. Times are `performance.now()`. */
export interface OthersLook {
  /** When the look before was asked for: what it tells of may have been from then on. */
  readonly from: number;
  /** When it was asked for, and when its answer came. */
  readonly askedAt: number;
  readonly to: number;
  /** Sessions that aren't the recorder's and did something. Undefined where the server didn't answer in time. */
  readonly pids: readonly number[] | undefined;
}

/** Often enough to keep what others did apart from most statements; each look costs the server a fraction of a millisecond. */
const INTERVAL_MS = 30;

/**
 * Watches for sessions other than the migration's, whose WAL would be taken for a statement's. Nobody waits for its looks: they come after statements,
 * and each covers all the time since the one before.
 */
export class OthersWatch {
  readonly #side: SideSession;
  readonly #looks: OthersLook[] = [];
  #askedAt = performance.now();
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(side: SideSession) {
    this.#side = side;
  }

  /** A statement is over: what happened meanwhile is to be looked at before long. */
  note(): void {
    if (this.#timer !== undefined || this.#looking !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#looking = this.look().finally(() => {
          this.#looking = undefined;
        });
      },
      Math.max(0, this.#askedAt + INTERVAL_MS - performance.now()),
    );
  }

  async look(): Promise<void> {
    const from = this.#askedAt;
    const askedAt = performance.now();
    this.#askedAt = askedAt;
    const pids = await this.#side.othersSince();
    this.#looks.push({ from, askedAt, to: performance.now(), pids });
  }

  /** Looks once more, and gives all looks in their order. */
  async stop(): Promise<readonly OthersLook[]> {
    clearTimeout(this.#timer);
    await this.#looking;
    await this.look();
    return this.#looks;
  }
}
