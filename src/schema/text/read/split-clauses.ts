import { identifierOf } from '../../../sql/quote.ts';
import { isBlank, scan, type Token } from '../../../sql/scan.ts';

export interface Clause {
  /** `DEFAULT`, `NOT NULL`; '' for what stands before the first clause. */
  readonly start: string;
  /** What follows the words that start it, trimmed. */
  readonly text: string;
}

/**
 * Cuts a definition at the keywords that start its clauses, outside of parentheses.
 *
 * @example splitClauses('integer DEFAULT 1 NOT NULL', ['DEFAULT', 'NOT NULL']) // ['', 'integer'], ['DEFAULT', '1'], ['NOT NULL', '']
 */
export function splitClauses(text: string, starts: readonly string[]): readonly Clause[] {
  const tokens = [...scan(text)].filter((token) => !isBlank(token.kind));
  const clauses: { start: string; from: number; to: number }[] = [{ start: '', from: 0, to: 0 }];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.kind === 'open') depth++;
    else if (token.kind === 'close') depth--;
    const start = depth === 0 && token.kind === 'word' ? starts.find((words) => standsAt(text, tokens, at, words)) : undefined;
    const current = clauses.at(-1);
    if (start !== undefined) {
      at += start.split(' ').length - 1;
      const end = (tokens[at] as Token).end;
      clauses.push({ start, from: end, to: end });
    } else if (current !== undefined) current.to = token.end;
  }
  return clauses.map(({ start, from, to }) => ({ start, text: text.slice(from, to).trim() }));
}

function standsAt(text: string, tokens: readonly Token[], at: number, words: string): boolean {
  return words.split(' ').every((word, index) => {
    const token = tokens[at + index];
    return token?.kind === 'word' && identifierOf(text, token) === word.toLowerCase();
  });
}
