import { significantTokens } from '../sql/significant-tokens.ts';

/** What a prepared statement can begin with: PREPARE takes no others. */
const beginnings: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * The query in a statement: the statement itself, or the one that it wraps (`DECLARE … CURSOR FOR`, `PREPARE … AS`, `EXPLAIN`, `COPY (…) TO`). Undefined where there is
 * none: settings, transactions, DDL.
 *
 * @example queryOf('declare c cursor for select 1') // 'select 1'
 */
export function queryOf(statement: string): string | undefined {
  const tokens = significantTokens(statement);
  const first = tokens.find(({ kind }) => kind !== 'open');
  if (first === undefined) return undefined;
  if (beginnings.has(first.keyword)) return statement.trim();
  const before = { DECLARE: 'FOR', PREPARE: 'AS' }[first.keyword];
  if (before !== undefined) {
    const at = tokens.findIndex(({ keyword }) => keyword === before);
    const start = tokens[at + 1];
    return at > 0 && start !== undefined && beginnings.has(start.keyword) ? statement.slice(start.start).trim() : undefined;
  }
  if (first.keyword === 'EXPLAIN') {
    const start = tokens.find(({ keyword }) => beginnings.has(keyword));
    return start === undefined ? undefined : statement.slice(start.start).trim();
  }
  return first.keyword === 'COPY' ? inParentheses(statement) : undefined;
}

/** The first word of a statement, for counting what isn't looked at. */
export function statementKind(statement: string): string {
  return significantTokens(statement, 1)[0]?.keyword || 'OTHER';
}

function inParentheses(statement: string): string | undefined {
  const tokens = significantTokens(statement);
  if (tokens[1]?.kind !== 'open') return undefined;
  let depth = 0;
  for (const { kind, start } of tokens.slice(1)) {
    if (kind === 'open') depth++;
    if (kind === 'close') depth--;
    if (depth === 0) return statement.slice(tokens[1].end, start).trim();
  }
  return undefined;
}
