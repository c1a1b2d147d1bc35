import { parseQualifiedName } from '../../sql/quote.ts';
import type { ObjectSet, SchemaObject } from './schema-object.ts';

/** Takes out what is in other schemas than these. What is in no schema (extensions, publications, the database) stays. No schemas means all. */
export function restrictObjects(objects: ObjectSet, schemas: readonly string[] | undefined): void {
  const isIncluded = includedIn(schemas);
  for (const object of objects.all()) if (!isIncluded(object)) objects.delete(object);
}

/** Whether an object belongs to a comparison that is restricted to these schemas. */
export function includedIn(schemas: readonly string[] | undefined): (object: Pick<SchemaObject, 'kind' | 'name' | 'parent'>) => boolean {
  if (schemas === undefined || schemas.length === 0) return () => true;
  const wanted = new Set(schemas.map((name) => parseQualifiedName(name)?.name ?? name));
  return (object) => {
    const schema = schemaOf(object);
    return schema === undefined || wanted.has(schema);
  };
}

/** The schema that an object is in, not quoted; of a schema itself its name. */
function schemaOf({ kind, name, parent }: Pick<SchemaObject, 'kind' | 'name' | 'parent'>): string | undefined {
  if (kind === 'schema') return parseQualifiedName(name)?.name ?? name;
  if (kind === 'default privileges') return undefined;
  return parseQualifiedName(parent ?? name.replace(/\(.*/s, ''))?.schema;
}
