import type { SqlErrorFields } from '../../core/failure.ts';

/** Characters of a query that are shown. */
const shown = 160;

/** A query on one line, shortened. */
export function shortQuery(text: string, length = shown): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/**
 * The line of a query in which the error is, with a mark below the place. Undefined where the server named none.
 *
 * @example markedQuery('select x from t', { position: 8, … }) // 'select x from t\n       ^'
 */
export function markedQuery(text: string, { position }: Pick<SqlErrorFields, 'position'>): string | undefined {
  if (position === undefined) return undefined;
  // Postgres counts characters, 1-based.
  const before = [...text].slice(0, position - 1).join('');
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = text.indexOf('\n', before.length);
  const line = [...text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd)];
  const column = [...text.slice(lineStart, before.length)].length;
  const from = Math.max(0, Math.min(column - Math.floor(shown / 2), line.length - shown));
  const cut = line.slice(from, from + shown).map((sign) => (sign === '\t' ? ' ' : sign));
  const [left, right] = [from > 0 ? '…' : '', from + shown < line.length ? '…' : ''];
  return `${left}${cut.join('')}${right}\n${' '.repeat(column - from + left.length)}^`;
}

/** The name at which the error is, as the query writes it: `i.price`. */
export function nameAt(text: string, { position }: Pick<SqlErrorFields, 'position'>): string | undefined {
  if (position === undefined) return undefined;
  const rest = [...text].slice(position - 1).join('');
  return /^(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))*/u.exec(rest)?.[0];
}
