import { parseQualifiedName } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/**
 * A definition as PostgreSQL writes it, for another column. Only what stands in parentheses names columns; after REFERENCES it names another table's.
 *
 * @param column as in the catalogs' facts, quoted where needed; `fresh` likewise
 * @example replaceColumn('CREATE INDEX a ON public.t USING btree (id, lower(name))', 'id', 'id_new') // '… (id_new, lower(name))'
 */
export function replaceColumn(definition: string, column: string, fresh: string): string {
  const bare = parseQualifiedName(column)?.name ?? column;
  const tokens = significantTokens(definition);
  let depth = 0;
  let result = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.keyword === 'REFERENCES' && depth === 0) break;
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth === 0 || token.name !== bare || tokens[index + 1]?.text === '(') continue;
    result += definition.slice(at, token.start) + fresh;
    at = token.end;
  }
  return result + definition.slice(at);
}
