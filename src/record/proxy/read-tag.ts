/**
 * Takes a command tag apart. INSERT's has an OID before the count, which has been 0 since PostgreSQL 12.
 *
 * @example readTag('INSERT 0 5') // { tag: 'INSERT', rows: 5 }
 */
export function readTag(text: string): { readonly tag: string; readonly rows: number | null } {
  const found = /^(.*?)(?: \d+)? (\d+)$/.exec(text);
  return found?.[1] === undefined ? { tag: text, rows: null } : { tag: found[1], rows: Number(found[2]) };
}
