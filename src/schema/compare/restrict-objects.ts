import { parseQualifiedName } from '../../sql/quote.ts';
import type { ObjectSet, SchemaObject } from './schema-object.ts';

/** Takes out what is in other schemas than these. What is in no schema (extensions, publications, the database) stays. No schemas means all. */
export function restrictObjects(objects: ObjectSet, schemas: readonly string[] | undefined): void {
  if (schemas === undefined || schemas.length === 0) return;
  const wanted = new Set(schemas.map((name) => parseQualifiedName(name)?.name ?? name));
  for (const object of objects.all()) {
    const schema = schemaOf(object);
    if (schema !== undefined && !wanted.has(schema)) objects.delete(object);
  }
}

/** The schema that an object is in, not quoted; of a schema itself its name. */
function schemaOf({ kind, name, parent }: SchemaObject): string | undefined {
  if (kind === 'schema') return parseQualifiedName(name)?.name ?? name;
  if (kind === 'default privileges') return undefined;
  return parseQualifiedName(parent ?? name.replace(/\(.*/s, ''))?.schema;
}
