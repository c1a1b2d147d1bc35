import { significantTokens } from '../sql/significant-tokens.ts';

/**
 * Parameters by name, `:name` or `@name` as many query files have them, become `$1`, `$2` … in the order in which names appear; numbers that are there stay. Casts
 * (`::text`) and operators are left alone.
 *
 * @example namedParameters('select * from t where a = :a and b = :b or c = :a') // 'select * from t where a = $1 and b = $2 or c = $1'
 */
export function namedParameters(text: string): string {
  const tokens = significantTokens(text);
  const numbers = tokens.flatMap((token) => (token.kind === 'parameter' ? [Number(token.text.slice(1))] : []));
  const known = new Map<string, number>();
  let next = Math.max(0, ...numbers) + 1;
  let result = '';
  let done = 0;
  for (const [index, token] of tokens.entries()) {
    const mark = tokens[index - 1];
    const before = tokens[index - 2];
    if (token.kind !== 'word' || mark?.kind !== 'symbol' || mark.end !== token.start || (mark.text !== ':' && mark.text !== '@')) continue;
    // The second colon of a cast, a slice's colon after a bound, the end of an operator such as <@ before a column.
    if (before !== undefined && before.end === mark.start && before.kind !== 'open' && !['=', ','].includes(before.text)) continue;
    const number = known.get(token.text) ?? next++;
    known.set(token.text, number);
    result += `${text.slice(done, mark.start)}$${number}`;
    done = token.end;
  }
  return result + text.slice(done);
}
