import { identifierOf, quoteIdentifier } from '../../sql/quote.ts';
import { nextToken, type Token } from '../../sql/scan.ts';

export interface ColumnPath {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * Reads `schema.table.column` as Postgres reads names: bare parts are folded to lower case, quoted ones kept. Undefined when it is none.
 *
 * @example parseColumnPath('public."Kunde".email') // { schema: 'public', table: 'Kunde', column: 'email' }
 */
export function parseColumnPath(text: string): ColumnPath | undefined {
  // Nearly all paths, by the thousand.
  if (/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/.test(text)) {
    const [schema = '', table = '', column = ''] = text.split('.');
    return { schema, table, column };
  }
  const trimmed = text.trim();
  const tokens: Token[] = [];
  for (let at = 0; at < trimmed.length; ) {
    const token = nextToken(trimmed, at);
    tokens.push(token);
    at = token.end;
  }
  if (tokens.length !== 5) return undefined;
  const [schema, table, column] = [0, 2, 4].map((index) => nameAt(trimmed, tokens[index]));
  const dots = [1, 3].every((index) => trimmed.slice(tokens[index]?.start, tokens[index]?.end) === '.');
  return dots && schema !== undefined && table !== undefined && column !== undefined ? { schema, table, column } : undefined;
}

function nameAt(text: string, token: Token | undefined): string | undefined {
  return token === undefined ? undefined : identifierOf(text, token);
}

/** As the configuration names it: `public.users.email`, each part quoted only where it must be. */
export function showColumnPath({ schema, table, column }: ColumnPath): string {
  return [schema, table, column].map(quoteIdentifier).join('.');
}
