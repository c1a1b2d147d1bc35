import { createHash } from 'node:crypto';
import { type SignificantToken, significantTokens } from '../sql/significant-tokens.ts';
import { mayBeLabel } from './without-values.ts';

/**
 * A query without its values, comments and spacing: what stays the same however often it runs. Texts that look like a word stay, since they may be a label
 * of an enumerated type; lists of values count as one value, however long they are.
 *
 * @example queryShape("select * from t where id in (1, 2)  -- by id") // 'select * from t where id in ( ? )'
 */
export function queryShape(text: string): string {
  const words = significantTokens(text).map(shapeOf);
  // The scanner takes 2.5 apart.
  const shape = collapse(words).join(' ').replaceAll('? . ?', '?');
  // Rows of a multi-row insert: as many as there are doesn't matter.
  return shape.replaceAll(/(\((?: [^()]*)?\))(?: , \1)+/g, '$1');
}

/** 12 hexadecimal digits of a query's shape. */
export function queryId(text: string): string {
  return createHash('sha256').update(queryShape(text)).digest('hex').slice(0, 12);
}

function shapeOf({ kind, text }: SignificantToken): string {
  if (kind === 'parameter' || kind === 'number' || kind === 'dollar-string') return '?';
  if (kind === 'string') return mayBeLabel(text) ? text : '?';
  return kind === 'word' ? text.toLowerCase() : text;
}

/** `in ( ? , ? , ? )` is `in ( ? )`. */
function collapse(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    found.push(word);
    if (word !== 'in' || words[at + 1] !== '(') continue;
    let end = at + 2;
    while (words[end] === '?' && words[end + 1] === ',') end += 2;
    if (words[end] !== '?' || words[end + 1] !== ')') continue;
    found.push('(', '?', ')');
    at = end + 1;
  }
  return found;
}
