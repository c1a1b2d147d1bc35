import { readPostStatement } from '../restore/post-data/read-post-statement.ts';

export interface HeldStatement {
  readonly text: string;
  /** 1-based line of the script. */
  readonly line: number;
}

/**
 * Holds a script's statements back from its first index on: in a dump no rows follow that, so everything can be built at once in the end. Should
 * rows follow all the same, what was held is given up, and nothing more is.
 */
export class HeldStatements {
  readonly #held: HeldStatement[] = [];
  #mayHold: boolean;

  /** @param mayHold false: the script means what it says, in the order in which it says it. */
  constructor(mayHold: boolean) {
    this.#mayHold = mayHold;
  }

  /** True when the statement is held back. */
  take({ text, line }: HeldStatement): boolean {
    if (!this.#mayHold || /^(insert|update|delete|copy|truncate|with|merge)\b/i.test(text)) return false;
    if (this.#held.length === 0 && !/^(index|key)$/.test(readPostStatement(text).kind)) return false;
    this.#held.push({ text, line });
    return true;
  }

  /** What was held, since rows follow; nothing is held any more. */
  giveUp(): readonly HeldStatement[] {
    if (this.#held.length > 0) this.#mayHold = false;
    return this.#held.splice(0);
  }

  /** At the script's end. */
  all(): readonly HeldStatement[] {
    return this.#held;
  }
}
