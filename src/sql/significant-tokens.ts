import { identifierOf } from './quote.ts';
import { isBlank, nextToken, type TokenKind } from './scan.ts';

/** A token that means something to Postgres. */
export interface SignificantToken {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A bare word in upper case, for comparing with keywords; empty for anything else, so that "SET" in quotes is no keyword. */
  readonly keyword: string;
  /** The identifier that it stands for, folded as Postgres does; undefined when it is none. */
  readonly name: string | undefined;
}

/**
 * The tokens of a statement without blanks and comments: its first `limit`, all unless told.
 *
 * @example significantTokens('drop /* x *\/ table t').map((token) => token.keyword) // ['DROP', 'TABLE', 'T']
 */
export function significantTokens(statement: string, limit = Number.POSITIVE_INFINITY): readonly SignificantToken[] {
  const found: SignificantToken[] = [];
  for (let at = 0; at < statement.length && found.length < limit; ) {
    const token = nextToken(statement, at);
    at = token.end;
    if (isBlank(token.kind)) continue;
    const text = statement.slice(token.start, token.end);
    found.push({
      kind: token.kind,
      text,
      start: token.start,
      end: token.end,
      keyword: token.kind === 'word' ? text.toUpperCase() : '',
      name: identifierOf(statement, token),
    });
  }
  return found;
}
