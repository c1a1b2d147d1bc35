import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import type { ObjectSet, SchemaObject } from './schema-object.ts';

/** Takes objects out, each with all that belongs to it (columns, indexes, policies, owned sequences). `f(integer)` names a function; no schema means public. */
export function excludeObjects(objects: ObjectSet, exclude: readonly string[]): void {
  const isExcluded = excludedBy(exclude);
  for (const object of objects.all()) if (isExcluded(object)) objects.delete(object);
}

/** Whether an object is left out, or belongs to one that is. */
export function excludedBy(exclude: readonly string[]): (object: Pick<SchemaObject, 'kind' | 'name' | 'parent'>) => boolean {
  const names = new Set(exclude.map(normalName));
  // Extensions are in no schema's namespace.
  const extensions = new Set(exclude);
  return ({ kind, name, parent }) => names.has(name) || (kind === 'extension' && extensions.has(name)) || (parent !== undefined && names.has(parent));
}

function normalName(text: string): string {
  const parsed = parseQualifiedName(text);
  return parsed === undefined ? text.trim() : qualifiedName(parsed.schema ?? 'public', parsed.name);
}
