import { type ObjectSet, set } from '../compare/schema-object.ts';
import type { FactFamily, FactRow } from './fact-family.ts';
import { requoted } from './requote.ts';

/** Puts the rows of a family's query into objects and their properties. */
export function readFacts(objects: ObjectSet, family: FactFamily, rows: readonly FactRow[]): void {
  for (const row of rows) {
    const object = objects.object(row.kind, requoted(row.name), row.parent === null ? undefined : requoted(row.parent));
    const put = (property: string, value: unknown) => {
      if (typeof value !== 'string') return;
      set(object, property, family.keep?.({ kind: row.kind, property, value }) ?? value);
    };
    for (const property of family.properties ?? []) put(property, row[property]);
    for (const [property, value] of Object.entries(row.more ?? {})) put(property, value);
    if (row.property !== undefined) put(row.property, row.value);
  }
}
