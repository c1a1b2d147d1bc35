import { quotedKeywords } from './keywords.ts';
import { nextToken, type Token } from './scan.ts';

export interface QualifiedName {
  readonly schema?: string;
  readonly name: string;
}

/**
 * A name as SQL text, in double quotes only where Postgres needs them (capitals, odd characters, keywords).
 *
 * @example quoteIdentifier('invoice') // invoice
 * @example quoteIdentifier('My Table') // "My Table"
 */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !quotedKeywords.has(name) ? name : `"${withoutNul(name).replaceAll('"', '""')}"`;
}

/**
 * A text as an SQL string constant; safe whatever standard_conforming_strings says.
 *
 * @example quoteLiteral("it's") // 'it''s'
 * @example quoteLiteral('a\\b') // E'a\\\\b'
 */
export function quoteLiteral(text: string): string {
  const quoted = `'${withoutNul(text).replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** `schema.name`, each part quoted where needed. */
export function qualifiedName(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/**
 * Reads `name` or `schema.name` as Postgres does: bare parts are folded to lower case, quoted ones kept.
 * Undefined when the text is not such a name.
 *
 * @example parseQualifiedName('public."My Table"') // { schema: 'public', name: 'My Table' }
 */
export function parseQualifiedName(text: string): QualifiedName | undefined {
  // Nearly all names, by the thousand.
  if (/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(text)) {
    const dot = text.indexOf('.');
    return { schema: text.slice(0, dot), name: text.slice(dot + 1) };
  }
  const tokens: Token[] = [];
  const trimmed = text.trim();
  for (let at = 0; at < trimmed.length; ) {
    const token = nextToken(trimmed, at);
    tokens.push(token);
    at = token.end;
  }
  const [first, dot, second] = tokens.map((token) => ({ text: trimmed.slice(token.start, token.end), name: identifierOf(trimmed, token) }));
  if (first?.name === undefined) return undefined;
  if (tokens.length === 1) return { name: first.name };
  if (tokens.length !== 3 || dot?.text !== '.' || second?.name === undefined) return undefined;
  return { schema: first.name, name: second.name };
}

/** The name that a token stands for; undefined when it isn't an identifier. */
export function identifierOf(text: string, token: Token): string | undefined {
  const raw = text.slice(token.start, token.end);
  // Postgres folds ASCII letters only, in every multi-byte encoding.
  if (token.kind === 'word') return raw.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  if (token.kind !== 'quoted-identifier' || !token.closed || !raw.startsWith('"') || raw.length < 3) return undefined;
  return raw.slice(1, -1).replaceAll('""', '"');
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new Error('a name or text with a NUL character cannot be SQL');
  return text;
}
