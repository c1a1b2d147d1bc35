import { type ObjectSet, set } from '../compare/schema-object.ts';
import type { FactFamily, FactRow } from './fact-family.ts';
import { requoted, withoutDisputedQuotes } from './requote.ts';

/**
 * Puts the rows of a family's query into objects and their properties.
 *
 * @param acrossMajors whether they are compared with those of another major
 */
export function readFacts(objects: ObjectSet, family: FactFamily, rows: readonly FactRow[], acrossMajors = false): void {
  for (const row of rows) {
    const object = objects.object(row.kind, requoted(row.name), row.parent === null ? undefined : requoted(row.parent));
    const put = (property: string, value: unknown) => {
      if (typeof value !== 'string') return;
      const kept = family.keep?.({ kind: row.kind, property, value }) ?? value;
      // A body is the user's own text, byte for byte.
      set(object, property, acrossMajors && property !== 'body' ? withoutDisputedQuotes(kept) : kept);
    };
    for (const property of family.properties ?? []) put(property, row[property]);
    for (const [property, value] of Object.entries(row.more ?? {})) put(property, value);
    if (row.property !== undefined) put(row.property, row.value);
  }
}
