import { identifierOf, quoteIdentifier } from '../../sql/quote.ts';
import { isBlank, scan, type Token } from '../../sql/scan.ts';

/** Reads one statement from left to right, by tokens. Nothing is consumed by a method that doesn't find what it looks for. */
export class StatementReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = [...scan(text)].filter((token) => !isBlank(token.kind));
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Consumes these keywords, if they come next. */
  accept(...words: readonly string[]): boolean {
    const fits = words.every((word, index) => this.#isWord(this.#at + index, word));
    if (fits) this.#at += words.length;
    return fits;
  }

  /** Consumes the next token, whatever it is; its text. */
  next(): string | undefined {
    const token = this.#tokens[this.#at++];
    return token && this.text.slice(token.start, token.end);
  }

  /** The next keyword in capitals, not consumed; undefined when something else comes. */
  peekWord(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' ? this.text.slice(token.start, token.end).toUpperCase() : undefined;
  }

  /** Consumes one identifier; in its shortest quoting. */
  name(): string | undefined {
    const token = this.#tokens[this.#at];
    const name = token && identifierOf(this.text, token);
    if (name === undefined) return undefined;
    this.#at++;
    return quoteIdentifier(name);
  }

  /** Consumes `a`, `a.b` or `a.b.c`; its parts in their shortest quoting. */
  nameParts(): readonly string[] | undefined {
    const first = this.name();
    if (first === undefined) return undefined;
    const parts = [first];
    while (this.#isSymbol('.')) {
      this.#at++;
      parts.push(this.name() ?? this.next() ?? '');
    }
    return parts;
  }

  qualifiedName(): string | undefined {
    return this.nameParts()?.join('.');
  }

  /** Consumes a group in parentheses; the text between them. */
  group(): string | undefined {
    const open = this.#tokens[this.#at];
    if (open?.kind !== 'open') return undefined;
    let depth = 0;
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const token = this.#tokens[at] as Token;
      if (token.kind === 'open') depth++;
      else if (token.kind === 'close' && --depth === 0) {
        this.#at = at + 1;
        return this.text.slice(open.end, token.start).trim();
      }
    }
    return undefined;
  }

  /** Consumes everything up to the first of these keywords outside of parentheses, which is left; the text, trimmed. */
  until(...words: readonly string[]): string {
    const from = this.#tokens[this.#at]?.start ?? this.text.length;
    let depth = 0;
    let end = from;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at] as Token;
      if (token.kind === 'open') depth++;
      else if (token.kind === 'close') depth--;
      else if (depth === 0 && words.some((word) => this.#isWord(this.#at, word))) break;
      end = token.end;
    }
    return this.text.slice(from, end).trim();
  }

  /** Consumes all that is left; its text. */
  rest(): string {
    return this.until();
  }

  /** What is left, not consumed. */
  peekRest(): string {
    return this.text.slice(this.#tokens[this.#at]?.start ?? this.text.length);
  }

  #isWord(at: number, word: string): boolean {
    const token = this.#tokens[at];
    return token?.kind === 'word' && token.end - token.start === word.length && this.text.slice(token.start, token.end).toUpperCase() === word;
  }

  #isSymbol(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'symbol' && this.text[token.start] === symbol;
  }
}

/** Cuts a list at its commas outside of parentheses. */
export function splitList(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (const token of scan(text)) {
    if (token.kind === 'open') depth++;
    else if (token.kind === 'close') depth--;
    else if (token.kind === 'symbol' && depth === 0 && text[token.start] === ',') {
      parts.push(text.slice(from, token.start).trim());
      from = token.end;
    }
  }
  const last = text.slice(from).trim();
  if (last !== '' || parts.length > 0) parts.push(last);
  return parts;
}
