import { databaseClasses } from './database-classes.ts';
import type { ObjectClass } from './object-class.ts';
import { relationClasses } from './relation-classes.ts';
import { schemaClasses } from './schema-classes.ts';

/** Every class of objects that comments, owners and rights can be of. Subscriptions are read by themselves: not every role may see their numbers. */
export const objectClasses: readonly ObjectClass[] = [...relationClasses, ...schemaClasses, ...databaseClasses];

/** The rows of one catalog's class, in parentheses, to join the catalog to. */
export function rowsOfClass(catalog: string, major: number): string {
  const found = objectClasses.filter((one) => one.catalog === catalog);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${catalog} has ${found.length} classes`);
  return `(${found[0].rows(major)})`;
}
