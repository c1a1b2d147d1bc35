import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import { splitList } from '../text/statement-reader.ts';
import type { ObjectSet } from './schema-object.ts';

const leadingName = /^(?:"(?:[^"]|"")*"|[^".\s]+)\.(?:"(?:[^"]|"")*"|[^".\s]+)/;

/** The names of the tables that a table inherits from, or is a partition of: read from either engine's properties. */
export function parentsOf(objects: ObjectSet, table: string): readonly string[] {
  const properties = objects.relation(table)?.properties;
  const whole = leadingName.exec(properties?.get('partition of') ?? '')?.[0];
  const inherited = splitList((properties?.get('inherits') ?? '').replace(/^\(|\)$/g, ''));
  return [...(whole === undefined ? [] : [whole]), ...inherited].map((name) => {
    const parsed = parseQualifiedName(name);
    return parsed?.schema === undefined ? name : qualifiedName(parsed.schema, parsed.name);
  });
}
