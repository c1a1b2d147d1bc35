import { parseQualifiedName, quoteIdentifier } from '../../sql/quote.ts';

/** PostgreSQL's limit, in bytes. */
const longest = 63;

/**
 * A new name made of an old one; both quoted where needed. The old one is shortened where both together would be too long.
 *
 * @example derivedName('public.invoice', '_number_key') // 'invoice_number_key'
 */
export function derivedName(name: string, ending: string): string {
  let base = parseQualifiedName(name)?.name ?? name;
  while (Buffer.byteLength(base + ending) > longest) base = [...base].slice(0, -1).join('');
  return quoteIdentifier(base + ending);
}

/**
 * A name in the schema of another object.
 *
 * @example besides('public.invoice', 'invoice_copy') // 'public.invoice_copy'
 */
export function besides(object: string, name: string): string {
  const schema = parseQualifiedName(object)?.schema;
  return schema === undefined ? name : `${quoteIdentifier(schema)}.${name}`;
}
