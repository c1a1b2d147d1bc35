import { isBlank, scan } from '../sql/scan.ts';

/**
 * A query as pg_stat_statements would keep it: a parameter in place of each value, no comments. A log tells of people, and what is tried is shown in reports. What may
 * be a label or a keyword (`'active'`, `'day'`) stays, since it may be gone after the migrations; so do small numbers, which stand for columns and limits.
 *
 * @example withoutValues("select 1 from t where mail = 'a@b.c' and state = 'active' -- Ann") // "select 1 from t where mail = $1 and state = 'active' "
 */
export function withoutValues(text: string): string {
  const tokens = [...scan(text)].map((token) => ({ ...token, text: text.slice(token.start, token.end) }));
  let last = Math.max(0, ...tokens.flatMap((token) => (token.kind === 'parameter' ? [Number(token.text.slice(1))] : [])));
  return tokens
    .map(({ kind, text: part }) => {
      if (kind === 'string' || kind === 'dollar-string') return mayBeLabel(part) ? part : `$${++last}`;
      if (kind === 'number') return part.length < 5 ? part : `$${++last}`;
      return isBlank(kind) && kind !== 'space' ? ' ' : part;
    })
    .join('')
    .trim();
}

/** Whether a string constant may be a label of an enumerated type, or a keyword such as `'day'`: which of them it is matters to a query. */
export function mayBeLabel(constant: string): boolean {
  return /^'[a-z][a-z_]{0,30}'$/.test(constant);
}
