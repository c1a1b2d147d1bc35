import { significantTokens } from '../sql/significant-tokens.ts';

/** Very long statements name their tables at the beginning. */
const TOKENS_UP_TO = 400;
const FOUND_UP_TO = 30;

/** Finds the relations that a statement's text could mean, so that a session can be asked about these few: the text says where to look, never what is so. */
export class RelationNames {
  readonly #oids = new Map<string, Set<number>>();

  /** @param name as in pg_class, without its schema. */
  add(name: string, oid: number): void {
    const known = this.#oids.get(name);
    if (known === undefined) this.#oids.set(name, new Set([oid]));
    else known.add(oid);
  }

  /** In the order in which they are named. */
  in(text: string): readonly number[] {
    const found = new Set<number>();
    for (const { name } of significantTokens(text, TOKENS_UP_TO)) {
      for (const oid of (name !== undefined && this.#oids.get(name)) || []) found.add(oid);
    }
    return [...found].slice(0, FOUND_UP_TO);
  }
}
