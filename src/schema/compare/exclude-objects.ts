import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import type { ObjectSet } from './schema-object.ts';

/** Takes objects out, each with all that belongs to it (columns, indexes, policies, owned sequences). `f(integer)` names a function; no schema means public. */
export function excludeObjects(objects: ObjectSet, exclude: readonly string[]): void {
  const names = new Set(exclude.map(normalName));
  // Extensions are in no schema's namespace.
  const extensions = new Set(exclude);
  for (const object of objects.all()) {
    if (names.has(object.name) || (object.kind === 'extension' && extensions.has(object.name)) || (object.parent !== undefined && names.has(object.parent)))
      objects.delete(object);
  }
}

function normalName(text: string): string {
  const parsed = parseQualifiedName(text);
  return parsed === undefined ? text.trim() : qualifiedName(parsed.schema ?? 'public', parsed.name);
}
