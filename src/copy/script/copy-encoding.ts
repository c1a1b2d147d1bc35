import { significantTokens } from '../../sql/significant-tokens.ts';

/**
 * A script's COPY … FROM stdin, told in which encoding its rows are. The session's own encoding can't say it: statements are sent as UTF-8.
 *
 * @example copyWithEncoding('COPY public.t (a) FROM stdin', 'LATIN1') // COPY public.t (a) FROM stdin with (encoding 'LATIN1')
 */
export function copyWithEncoding(statement: string, encoding: string): string {
  if (encoding === 'UTF8') return statement;
  const option = `encoding '${encoding}'`;
  const tokens = significantTokens(statement);
  if (tokens.some((token) => token.keyword === 'ENCODING')) return statement;
  const stdin = tokens.findIndex((token, index) => token.keyword === 'STDIN' && tokens[index - 1]?.keyword === 'FROM');
  const open = tokens.slice(stdin + 1, stdin + 3).find((token) => token.kind === 'open');
  if (open !== undefined) return `${statement.slice(0, open.end)}${option}, ${statement.slice(open.end)}`;
  // The syntax before PostgreSQL 9.0 takes options one after the other, without parentheses.
  return tokens.length > stdin + 1 ? `${statement} ${option}` : `${statement} with (${option})`;
}
