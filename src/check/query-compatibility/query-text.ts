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
 * A query on one line, shortened around the place of the error, which is marked. As it is where the server named no place.
 *
 * @example markedQuery('select id,\n  price\nfrom item', { position: 14 }) // 'select id, »price« from item'
 */
export function markedQuery(text: string, error: Pick<SqlErrorFields, 'position'>, length = shown): string {
  const { position } = error;
  if (position === undefined) return shortQuery(text, length);
  // Postgres counts characters, 1-based.
  const all = [...text];
  const before = all.slice(0, position - 1).join('');
  const name = nameAt(text, error) ?? all[position - 1] ?? '';
  const after = text.slice(before.length + name.length);
  const line = (part: string) => part.replaceAll(/\s+/g, ' ');
  const left = [...line(before).trimStart()];
  const room = Math.max(20, length - [...name].length);
  // Most of the room belongs to what stands before: the error's own clause begins there.
  const kept = left.length <= room / 2 ? left : ['…', ...left.slice(-Math.floor(room / 2))];
  return `${kept.join('')}»${line(name)}«${shortQuery(`x${after}`, room - kept.length + 1).slice(1)}`;
}

/** The name at which the error is, as the query writes it: `i.price`. */
export function nameAt(text: string, { position }: Pick<SqlErrorFields, 'position'>): string | undefined {
  if (position === undefined) return undefined;
  const rest = [...text].slice(position - 1).join('');
  return /^(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))*/u.exec(rest)?.[0];
}
