import { scan } from '../../sql/scan.ts';

const literals = new Set(['string', 'dollar-string', 'number']);

/** SQL without the values in it: what stands between quotes, and numbers, become `…`. Comments go too, since nobody knows what they quote. */
export function withoutLiterals(sql: string): string {
  let text = '';
  for (const { kind, start, end } of scan(sql)) {
    if (literals.has(kind)) text += "'…'";
    else if (kind === 'line-comment' || kind === 'block-comment') text += kind === 'line-comment' ? '--…' : '/*…*/';
    else text += sql.slice(start, end);
  }
  return text;
}
