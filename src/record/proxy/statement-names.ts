import { type StatementText, unknownText } from './statement-texts.ts';

/** A statement's text, and when the first message that leads to its execution was sent. */
export interface Sent extends StatementText {
  readonly sentAt: number;
  /** Number of the Sync behind it: what was prepared before an earlier one has begun anew. */
  readonly series: number;
}

/** A statement as a message named it. */
export interface Named {
  readonly sent: Sent;
  /** Has the name mean what this message makes it mean; what is given back undoes that. */
  readonly put: () => () => void;
}

/** What the names of prepared statements and portals mean in a session, and when what they mean was begun. */
export class StatementNames {
  readonly #statements = new Map<string, Sent>();
  readonly #portals = new Map<string, Sent>();
  #series = 0;

  /** A Sync was sent. */
  nextSeries(): void {
    this.#series++;
  }

  parse(name: string, text: StatementText, sentAt: number): Named {
    const sent = { ...text, sentAt, series: this.#series };
    return { sent, put: () => put(this.#statements, name, sent) };
  }

  bind(portal: string, statement: string, sentAt: number): Named {
    const sent = this.#inSeries(this.#statements.get(statement), sentAt);
    return { sent, put: () => put(this.#portals, portal, sent) };
  }

  execute(portal: string, sentAt: number): Sent {
    const bound = this.#portals.get(portal);
    const sent = this.#inSeries(bound, sentAt);
    // What is fetched from it later begins with its own Execute.
    if (bound !== undefined) this.#portals.set(portal, { ...sent, series: -1 });
    return sent;
  }

  /** @param kind of Describe and Close: `S` a prepared statement, else a portal */
  textOf(kind: number | undefined, name: string): StatementText {
    return this.#named(kind).get(name) ?? unknownText;
  }

  close(kind: number | undefined, name: string): () => () => void {
    return () => put(this.#named(kind), name, undefined);
  }

  #named(kind: number | undefined): Map<string, Sent> {
    return kind === 0x53 ? this.#statements : this.#portals;
  }

  #inSeries(before: Sent | undefined, sentAt: number): Sent {
    const { text, cut } = before ?? unknownText;
    return { text, cut, sentAt: before?.series === this.#series ? before.sentAt : sentAt, series: this.#series };
  }
}

/** Sets or deletes a name; what is given back undoes it. */
function put(names: Map<string, Sent>, name: string, value: Sent | undefined): () => void {
  const before = names.get(name);
  if (value === undefined) names.delete(name);
  else names.set(name, value);
  return () => (before === undefined ? names.delete(name) : names.set(name, before));
}
