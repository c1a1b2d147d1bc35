import { quoteIdentifier } from '../sql/quote.ts';
import type { SignificantToken } from '../sql/significant-tokens.ts';

/** The text that a string constant (`'…'` or `E'…'`, as pg_dump writes them) stands for; any other token as it is written. */
export function literalValue(token: SignificantToken): string {
  if (token.kind !== 'string') return token.name ?? token.text;
  const escapes = /^e'/i.test(token.text);
  const inner = token.text.slice(token.text.indexOf("'") + 1, -1).replaceAll("''", "'");
  return escapes ? inner.replaceAll(/\\(.)/gs, '$1') : inner;
}

/**
 * `SET name TO 'a', 'b'`, read from its tokens on, as pg_db_role_setting would keep it.
 *
 * @example storedSetting(significantTokens("set search_path to 'a', 'B c'").slice(1)) // search_path=a, "B c"
 */
export function storedSetting(tokens: readonly SignificantToken[]): string | undefined {
  const to = tokens.findIndex((token) => token.keyword === 'TO' || token.text === '=');
  if (to < 1) return undefined;
  const name = tokens
    .slice(0, to)
    .map((token) => token.name ?? token.text)
    .join('');
  const values = tokens.slice(to + 1).filter((token) => token.text !== ',');
  const [only] = values;
  if (values.length === 1 && only !== undefined && !lists.has(name)) return `${name}=${literalValue(only)}`;
  return `${name}=${values.map((value) => quoteIdentifier(literalValue(value))).join(', ')}`;
}

/** Settings that pg_dump writes as lists even when they hold one element. */
const lists = new Set(['local_preload_libraries', 'search_path', 'session_preload_libraries', 'temp_tablespaces']);
