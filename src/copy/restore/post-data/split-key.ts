import type { SignificantToken } from '../../../sql/significant-tokens.ts';

/** A primary key or unique constraint as two statements: several indexes of a table can be built side by side, constraints can't. */
export interface SplitKey {
  readonly index: string;
  readonly constraint: string;
}

/**
 * Splits `ADD CONSTRAINT n PRIMARY KEY (…)`: the catalog ends the same, as the tests show for every clause that is let through here. Anything
 * else (exclusion constraints, WITHOUT OVERLAPS, a tablespace) isn't split.
 *
 * @param tokens of the whole statement.
 * @param nameAt where the constraint's name stands in them.
 */
export function splitKey(statement: string, tokens: readonly SignificantToken[], nameAt: number): SplitKey | undefined {
  let at = nameAt + 1;
  const keyword = (offset = 0) => tokens[at + offset]?.keyword ?? '';
  const take = (...words: string[]) => {
    if (!words.every((word, offset) => keyword(offset) === word)) return false;
    at += words.length;
    return true;
  };
  const group = (allowed: (token: SignificantToken) => boolean): string | undefined => {
    if (tokens[at]?.text !== '(') return undefined;
    const close = tokens.findIndex((token, index) => index > at && token.text === ')');
    const inside = tokens.slice(at + 1, close);
    if (close === -1 || !inside.every(allowed)) return undefined;
    const text = statement.slice(tokens[at]?.start, tokens[close]?.end);
    at = close + 1;
    return text;
  };
  const listed = (token: SignificantToken) => token.name !== undefined || token.text === ',';

  const primary = take('PRIMARY', 'KEY');
  if (!primary && !take('UNIQUE')) return undefined;
  const nullsNotDistinct = !primary && take('NULLS', 'NOT', 'DISTINCT');
  const columns = group(onlyNames(listed));
  if (columns === undefined) return undefined;
  const include = take('INCLUDE') ? group(onlyNames(listed)) : '';
  const options = take('WITH') ? group((token) => token.kind !== 'open') : '';
  if (include === undefined || options === undefined) return undefined;
  const deferrable = take('DEFERRABLE') ? (take('INITIALLY', 'DEFERRED') ? ' deferrable initially deferred' : ' deferrable') : '';
  if (at !== tokens.length) return undefined;

  const name = tokens[nameAt]?.text ?? '';
  const head = statement.slice(0, tokens[nameAt]?.start);
  const table = head.replace(/^alter\s+table\s+(only\s+)?/i, '').replace(/\s+add\s+constraint\s*$/i, '');
  const clauses = [
    ...(include === '' ? [] : [`include ${include}`]),
    ...(nullsNotDistinct ? ['nulls not distinct'] : []),
    ...(options === '' ? [] : [`with ${options}`]),
  ];
  return {
    index: [`create unique index ${name} on only ${table} using btree ${columns}`, ...clauses].join(' '),
    constraint: `${head}${name} ${primary ? 'primary key' : 'unique'} using index ${name}${deferrable}`,
  };
}

/** No word may follow a name: `a WITHOUT OVERLAPS` is no plain column. */
function onlyNames(listed: (token: SignificantToken) => boolean): (token: SignificantToken) => boolean {
  let before = ',';
  return (token) => {
    const fits = listed(token) && (token.text === ',') !== (before === ',');
    before = token.text;
    return fits;
  };
}
