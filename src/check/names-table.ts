import { parseQualifiedName } from '../sql/quote.ts';

/**
 * Whether a configured name means a table: as SQL reads it, `public` where no schema is written; or as it stands, so that capitals need no quotes.
 *
 * @example namesTable('"Order"', { schema: 'public', table: 'Order' }) // true
 */
export function namesTable(written: string, { schema, table }: { readonly schema: string; readonly table: string }): boolean {
  const parsed = parseQualifiedName(written);
  const isMeant = parsed !== undefined && parsed.name === table && (parsed.schema ?? 'public') === schema;
  return isMeant || written === `${schema}.${table}` || (schema === 'public' && written === table);
}
