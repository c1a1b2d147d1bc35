import { parentsOf } from '../../compare/parents-of.ts';
import type { ObjectSet } from '../../compare/schema-object.ts';
import { defaultNotNullName } from './read-column.ts';

/**
 * Takes out the names of NOT NULL constraints that partitions have from their parents: pg_dump, which makes each partition as a table of its own, writes
 * them as if somebody had chosen them.
 */
export function dropInheritedNames(objects: ObjectSet): void {
  const parents = new Map<string, readonly string[]>();
  for (const { kind, name, parent: table, properties } of objects.all()) {
    const own = kind === 'column' && table !== undefined ? properties.get('not null constraint name') : undefined;
    if (own === undefined || table === undefined || objects.relation(table)?.properties.has('partition of') !== true) continue;
    const column = name.slice(table.length + 1);
    parents.set(
      name,
      parentsOf(objects, table).map((parent) => notNullName(objects, parent, column)),
    );
  }
  // Looked up before any is taken out: a partition may be the parent of another.
  for (const [name, names] of parents) {
    const properties = objects.get('column', name)?.properties;
    if (names.includes(properties?.get('not null constraint name') ?? '')) properties?.delete('not null constraint name');
  }
}

/** How the constraint of a table's column is called: as somebody chose, or as the server does. */
function notNullName(objects: ObjectSet, table: string, column: string): string {
  const chosen = objects.get('column', `${table}.${column}`)?.properties.get('not null constraint name');
  return chosen ?? defaultNotNullName(table, column) ?? '';
}
