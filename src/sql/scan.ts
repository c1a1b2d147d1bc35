/** What a stretch of SQL text is, by Postgres's lexical rules. `symbol` is one character of an operator or a comma, dot and the like. */
export type TokenKind =
  | 'space'
  | 'line-comment'
  | 'block-comment'
  | 'word'
  | 'quoted-identifier'
  | 'string'
  | 'dollar-string'
  | 'number'
  | 'parameter'
  | 'open'
  | 'close'
  | 'semicolon'
  | 'backslash'
  | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** False when the text ends inside of a quote, dollar body or block comment. */
  readonly closed: boolean;
}

const newline = 10;
const singleQuote = 39;

/**
 * The token at an offset, as Postgres would read it with standard_conforming_strings on.
 * Works on characters or on bytes seen as Latin-1: everything from 0x80 up is part of a name, as in Postgres's own lexer.
 */
export function nextToken(text: string, start: number): Token {
  const code = text.charCodeAt(start);
  if (isSpace(code)) return token('space', start, whileTrue(text, start + 1, isSpace));
  if (isNameStart(code)) return prefixedQuote(text, start, code) ?? token('word', start, whileTrue(text, start + 1, isNamePart));
  if (isDigit(code)) return token('number', start, whileTrue(text, start + 1, isNamePart));
  switch (text[start]) {
    case "'":
      return quoted(text, 'string', start, start + 1, "'");
    case '"':
      return quoted(text, 'quoted-identifier', start, start + 1, '"');
    case '$':
      return dollar(text, start);
    case '(':
    case '[':
      return token('open', start, start + 1);
    case ')':
    case ']':
      return token('close', start, start + 1);
    case ';':
      return token('semicolon', start, start + 1);
    case '\\':
      return token('backslash', start, start + 1);
    case '-':
      return text[start + 1] === '-' ? token('line-comment', start, lineEnd(text, start)) : token('symbol', start, start + 1);
    case '/':
      return text[start + 1] === '*' ? blockComment(text, start) : token('symbol', start, start + 1);
    default:
      return token('symbol', start, start + 1);
  }
}

/** All tokens of a text, in order, without gaps. */
export function* scan(text: string): Generator<Token> {
  for (let at = 0; at < text.length; ) {
    const next = nextToken(text, at);
    yield next;
    at = next.end;
  }
}

/**
 * Whether a token would be the same if more text followed. A reader of chunks must have more text before it believes in one that isn't:
 * it touches the end, or it is a string that a later line may continue, or the start of a dollar tag or of U&'…'.
 */
export function isDecided(text: string, { kind, start, end, closed }: Token): boolean {
  if (kind === 'semicolon' || kind === 'open' || kind === 'close' || kind === 'backslash') return true;
  if (!closed || end === text.length) return false;
  if (kind === 'string' && (text.charCodeAt(start) | 32) === 101) return continuedAt(text, end) !== 'undecided';
  if (kind === 'symbol' && text[start] === '$') return whileTrue(text, end, isNamePart) < text.length;
  if (kind === 'word' && end === start + 1 && (text.charCodeAt(start) | 32) === 117 && text[end] === '&') return end + 1 < text.length;
  return true;
}

/** Whether a token carries no meaning for Postgres. */
export function isBlank(kind: TokenKind): boolean {
  return kind === 'space' || kind === 'line-comment' || kind === 'block-comment';
}

function token(kind: TokenKind, start: number, end: number, closed = true): Token {
  return { kind, start, end, closed };
}

function isSpace(code: number): boolean {
  // A byte order mark counts as space, so that a file that starts with one reads well.
  return code === 32 || (code >= 9 && code <= 13) || code === 0xfeff;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code >= 128 && code !== 0xfeff);
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code) || code === 36;
}

function whileTrue(text: string, from: number, test: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && test(text.charCodeAt(at))) at++;
  return at;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** E'…', B'…', X'…', N'…', U&'…' and U&"…": the letter belongs to the quote. */
function prefixedQuote(text: string, start: number, code: number): Token | undefined {
  const letter = code | 32;
  if (text.charCodeAt(start + 1) === singleQuote) {
    if (letter === 101) return escapeString(text, start);
    if (letter === 98 || letter === 120 || letter === 110) return quoted(text, 'string', start, start + 2, "'");
  }
  if (letter === 117 && text[start + 1] === '&') {
    if (text[start + 2] === "'") return quoted(text, 'string', start, start + 3, "'");
    if (text[start + 2] === '"') return quoted(text, 'quoted-identifier', start, start + 3, '"');
  }
  return undefined;
}

/** A quote in which a doubled quote is one character and nothing else is special. */
function quoted(text: string, kind: TokenKind, start: number, from: number, quote: string): Token {
  for (let at = from; ; at += 2) {
    at = text.indexOf(quote, at);
    if (at === -1) return token(kind, start, text.length, false);
    if (text[at + 1] !== quote) return token(kind, start, at + 1);
  }
}

/** E'…': a backslash takes the next character with it, and so it does in parts that continue the string on a later line. */
function escapeString(text: string, start: number): Token {
  let at = start + 2;
  for (;;) {
    while (at < text.length && text[at] !== "'" && text[at] !== '\\') at++;
    if (at >= text.length) return token('string', start, text.length, false);
    if (text[at] === '\\' || text[at + 1] === "'") {
      at += 2;
      continue;
    }
    const next = continuedAt(text, at + 1);
    if (typeof next !== 'number') return token('string', start, at + 1);
    at = next;
  }
}

/** Where a string goes on after its closing quote: white space with at least one line break, comments allowed, then another quote. */
function continuedAt(text: string, from: number): number | 'over' | 'undecided' {
  let broken = false;
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      broken ||= code === newline || code === 13;
      at++;
    } else if (code === 45 && text[at + 1] === '-') at = lineEnd(text, at);
    else if (code === 45 && at + 1 === text.length) return 'undecided';
    else return broken && code === singleQuote ? at + 1 : 'over';
  }
  return 'undecided';
}

/** $tag$ … $tag$, or a parameter ($1), or a lone dollar sign. The tag is a name without dollar signs, of any alphabet. */
function dollar(text: string, start: number): Token {
  const first = text.charCodeAt(start + 1);
  if (isDigit(first)) return token('parameter', start, whileTrue(text, start + 2, isDigit));
  const tagEnd = isNameStart(first) ? whileTrue(text, start + 2, (code) => isNameStart(code) || isDigit(code)) : start + 1;
  if (text[tagEnd] !== '$') return token('symbol', start, start + 1);
  const tag = text.slice(start, tagEnd + 1);
  const end = text.indexOf(tag, tagEnd + 1);
  return end === -1 ? token('dollar-string', start, text.length, false) : token('dollar-string', start, end + tag.length);
}

function blockComment(text: string, start: number): Token {
  let depth = 1;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start + 2;
  for (let found = edge.exec(text); found !== null; found = edge.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return token('block-comment', start, edge.lastIndex);
  }
  return token('block-comment', start, text.length, false);
}
