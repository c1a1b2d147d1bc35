import { parseQualifiedName } from '../../../sql/quote.ts';
import { type ObjectSet, type SchemaObject, set } from '../../compare/schema-object.ts';
import { StatementReader } from '../statement-reader.ts';
import { defaultName } from './default-name.ts';
import { readOptions } from './read-options.ts';
import { splitClauses } from './split-clauses.ts';

/** What starts a clause of a column in pg_dump's text; in its expressions these words stand in parentheses. */
const clauses = ['WITH OPTIONS', 'COLLATE', 'DEFAULT', 'GENERATED', 'CONSTRAINT', 'NOT NULL', 'NO INHERIT', 'OPTIONS', 'STORAGE', 'COMPRESSION'];

/** Reads `total numeric(10,2) DEFAULT 0 NOT NULL` of a table's list of elements. */
export function readColumn(element: string, table: string, objects: ObjectSet): { object: SchemaObject; name: string } | undefined {
  const reader = new StatementReader(element);
  const name = reader.name();
  if (name === undefined) return undefined;
  const column = columnOf(objects, table, name);
  set(column, 'not null', 'no');
  for (const { start, text } of splitClauses(reader.rest(), clauses)) {
    switch (start) {
      case '':
      case 'WITH OPTIONS':
        if (text !== '') set(column, 'type', text);
        break;
      case 'NOT NULL':
        set(column, 'not null', 'yes');
        break;
      case 'CONSTRAINT':
        setNotNullName(column, text, table, name);
        break;
      case 'OPTIONS':
        readOptions(column, 'option', text.replace(/^\(|\)$/g, ''));
        break;
      default:
        set(column, start.toLowerCase(), text === '' ? 'yes' : text);
    }
  }
  return { object: column, name };
}

/** pg_dump doesn't shorten names as the server does, and then takes a default one for a chosen one. All names are SQL text. */
export function setNotNullName(column: SchemaObject, constraint: string, table: string, name: string): void {
  if (parseQualifiedName(constraint)?.name !== defaultNotNullName(table, name)) set(column, 'not null constraint name', constraint);
}

/**
 * The name that the server gives to the NOT NULL constraint of a column.
 *
 * @param table @param column as SQL text
 */
export function defaultNotNullName(table: string, column: string): string | undefined {
  const names = [parseQualifiedName(table)?.name, parseQualifiedName(column)?.name];
  return names[0] === undefined || names[1] === undefined ? undefined : defaultName(names[0], names[1], 'not_null');
}

/** The object of a column, by the table's and its own name in SQL. */
export function columnOf(objects: ObjectSet, table: string, name: string): SchemaObject {
  return objects.object('column', `${table}.${name}`, table);
}
