import type { PythonToken } from './scan-python.ts';

/** What an expression of Python says, where it says it literally. `call`: a call such as `swappable_dependency(settings.AUTH_USER_MODEL)`, not followed. */
export type Literal =
  | string
  | null
  | boolean
  | { readonly items: readonly Literal[]; readonly as: 'tuple' | 'list' | 'set' }
  | { readonly call: string; readonly argument: string };

/**
 * Reads strings (also several side by side), None, True, False, and tuples, lists and sets of them. Undefined for everything else: names, sums, calls of more than
 * one name: what isn't written down literally is never guessed.
 *
 * @example readLiteral(tokensOf('("a", "b")')) // { as: 'tuple', items: ['a', 'b'] }
 */
export function readLiteral(tokens: readonly PythonToken[]): Literal | undefined {
  const reader = new Reader(tokens);
  const value = reader.expression();
  return value !== undefined && reader.atEnd ? value : undefined;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Reader {
  readonly #tokens: readonly PythonToken[];
  #at = 0;

  constructor(tokens: readonly PythonToken[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'string' || token?.text !== text) return false;
    this.#at++;
    return true;
  }

  /** A value, or a tuple without parentheses. */
  expression(): Literal | undefined {
    const first = this.#value();
    if (first === undefined || !this.#take(',')) return first;
    const rest = this.atEnd ? [] : this.#items();
    return rest === undefined ? undefined : { as: 'tuple', items: [first, ...rest] };
  }

  #items(): Literal[] | undefined {
    const items: Literal[] = [];
    do {
      const token = this.#tokens[this.#at];
      if (token === undefined || (token.kind === 'symbol' && ')]}'.includes(token.text))) break;
      const value = this.#value();
      if (value === undefined) return undefined;
      items.push(value);
    } while (this.#take(','));
    return items;
  }

  #value(): Literal | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined) return undefined;
    if (token.kind === 'string') return this.#string();
    if (token.kind === 'name') return this.#name();
    const close = closing[token.text];
    if (close === undefined) return undefined;
    const before = this.#at++;
    const items = this.#items();
    const comma = this.#tokens[this.#at - 1]?.text === ',' && this.#tokens[this.#at - 1]?.kind === 'symbol';
    if (items === undefined || !this.#take(close)) return undefined;
    const empty = this.#at === before + 2;
    // Parentheses alone make no tuple; {} is a dictionary.
    if (token.text === '(') return items.length === 1 && !comma ? items[0] : { as: 'tuple', items };
    if (token.text === '{') return empty ? undefined : { as: 'set', items };
    return { as: 'list', items };
  }

  #string(): string | undefined {
    let joined = '';
    for (let token = this.#tokens[this.#at]; token?.kind === 'string'; token = this.#tokens[++this.#at]) {
      if (token.value === undefined) return undefined;
      joined += token.value;
    }
    return joined;
  }

  #name(): Literal | undefined {
    const words: Readonly<Record<string, Literal>> = { None: null, True: true, False: false };
    const word = this.#tokens[this.#at]?.text ?? '';
    if (Object.hasOwn(words, word)) {
      this.#at++;
      return words[word];
    }
    const call = this.#dotted();
    if (call === undefined || !this.#take('(')) return undefined;
    const argument = this.#dotted();
    return argument !== undefined && this.#take(')') ? { call, argument } : undefined;
  }

  #dotted(): string | undefined {
    const parts: string[] = [];
    do {
      const token = this.#tokens[this.#at];
      if (token?.kind !== 'name') return undefined;
      parts.push(token.text);
      this.#at++;
    } while (this.#take('.'));
    return parts.join('.');
  }
}
