import type { SqlErrorFields } from '../core/failure.ts';
import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';

/** Types that are tried where a parameter's own was lost with its value, the likeliest first. */
const tried = ['text', 'integer', 'timestamptz', 'interval', 'numeric', 'jsonb'] as const;

/**
 * Texts to try in place of one that the server refused because a parameter stands where a constant stood: `interval $1` can't be parsed, `concat($1)` leaves the
 * type open. What it becomes means the same where the types are right; a wrong one is refused again. Empty where parameters aren't the cause.
 *
 * @example fitParameters('select now() - interval $1', { sqlstate: '42601', position: 23, message: '…' }) // ['select now() - ($1)::interval']
 */
export function fitParameters(text: string, { sqlstate, position, message }: Pick<SqlErrorFields, 'sqlstate' | 'position' | 'message'>): readonly string[] {
  const tokens = significantTokens(text);
  const at = position === undefined ? -1 : offsetOf(text, position);
  if (sqlstate === '42601') {
    const index = tokens.findIndex(({ kind, start }) => kind === 'parameter' && start === at);
    const rewritten = index < 1 ? undefined : typedLiteral(text, tokens, index);
    return rewritten === undefined ? [] : [rewritten];
  }
  // Indeterminate type; no or several functions or operators for unknown types; two types that don't go together.
  if (!['42P18', '42725', '42883', '42804', '42846'].includes(sqlstate)) return [];
  const parameters = tokens.filter(({ kind }) => kind === 'parameter');
  // Whatever the language of the message, it names the parameter whose type is open.
  const named = sqlstate === '42P18' ? /\$\d+/.exec(message)?.[0] : undefined;
  const near = (named === undefined ? nearParameters(tokens, at) : parameters.filter((token) => token.text === named)).filter(({ end }) => !isCast(text, end));
  if (near.length === 0) return [];
  const alike = tried.map((type) => near.map(() => type));
  return [...alike, ...(near.length === 2 ? mixed : [])].map((types) => withCasts(text, near, types));
}

/** Two parameters that had different types: a time and a span. */
const mixed = [
  ['timestamptz', 'interval'],
  ['date', 'integer'],
] as const;

function withCasts(text: string, near: readonly SignificantToken[], types: readonly string[]): string {
  let cast = text;
  for (const [index, { start, end, text: name }] of [...near.entries()].reverse()) cast = `${cast.slice(0, start)}(${name})::${types[index]}${cast.slice(end)}`;
  return cast;
}

function isCast(text: string, end: number): boolean {
  return text.startsWith('::', end) || text.startsWith(')::', end);
}

/** `interval $1`, `timestamp with time zone $1` as a cast of the parameter. */
function typedLiteral(text: string, tokens: readonly SignificantToken[], index: number): string | undefined {
  const parameter = tokens[index];
  let first = index - 1;
  if (tokens[first]?.keyword === 'ZONE') first -= 3;
  if (tokens[first]?.keyword === 'PRECISION') first -= 1;
  const start = tokens[first];
  const before = tokens[index - 1];
  if (parameter === undefined || start === undefined || before === undefined || start.name === undefined) return undefined;
  return `${text.slice(0, start.start)}(${parameter.text})::${text.slice(start.start, before.end)}${text.slice(parameter.end)}`;
}

/** Parameters at an error: the one that it points to, those around an operator, or those inside of a call's parentheses; all where it points nowhere. */
function nearParameters(tokens: readonly SignificantToken[], at: number): readonly SignificantToken[] {
  const isParameter = ({ kind }: SignificantToken) => kind === 'parameter';
  if (at < 0) return tokens.filter(isParameter);
  const index = tokens.findIndex(({ start, end }) => start <= at && at < end);
  const token = tokens[index];
  if (token === undefined) return [];
  if (isParameter(token)) return [token];
  const open = tokens.findIndex(({ kind }, place) => place > index && place <= index + 3 && kind === 'open');
  if (token.kind === 'word' && open > 0) {
    let depth = 0;
    const end = tokens.findIndex(({ kind }, place) => {
      if (place < open) return false;
      if (kind === 'open') depth++;
      if (kind === 'close') depth--;
      return depth === 0;
    });
    return tokens.slice(open, end === -1 ? undefined : end).filter(isParameter);
  }
  return tokens.slice(Math.max(0, index - 1), index + 4).filter(isParameter);
}

/** Postgres counts characters, JavaScript UTF-16 units. 1-based to 0-based. */
export function offsetOf(text: string, position: number): number {
  let at = 0;
  for (let left = position - 1; left > 0 && at < text.length; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}
