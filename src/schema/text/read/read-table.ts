import type { SchemaObject } from '../../compare/schema-object.ts';
import { set } from '../../compare/schema-object.ts';
import { StatementReader, splitList } from '../statement-reader.ts';
import type { EntryReading, StatementHandler } from './entry-reading.ts';
import { columnOf, readColumn, setNotNullName } from './read-column.ts';
import { readConstraint } from './read-constraint.ts';
import { readOptions } from './read-options.ts';
import { splitClauses } from './split-clauses.ts';

const endings = ['INHERITS', 'PARTITION BY', 'SERVER', 'OPTIONS', 'WITH', 'USING', 'TABLESPACE'];

/** CREATE [UNLOGGED | FOREIGN] TABLE name …: the table, its columns and the constraints inside the parentheses. */
export const readCreateTable: StatementHandler = (reader, reading) => {
  const persistence = reader.accept('UNLOGGED') ? 'unlogged' : 'logged';
  const foreign = reader.accept('FOREIGN');
  if (!reader.accept('TABLE')) return undefined;
  reader.accept('IF', 'NOT', 'EXISTS');
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const table = reading.objects.object(foreign ? 'foreign table' : 'table', name, name);
  reading.objects.alias('relation', name, table);
  if (!foreign) set(table, 'persistence', persistence);
  if (reader.accept('OF')) set(table, 'type', reader.qualifiedName() ?? '');
  const made = [table, ...readElements(reader, reading, table, name)];
  for (const { start, text } of splitClauses(reader.rest(), endings)) {
    if (start === '' && text === '') continue;
    const inner = /^\((.*)\)$/s.exec(text)?.[1] ?? text;
    if (start === 'WITH') readOptions(table, 'parameter', inner);
    else if (start === 'OPTIONS') readOptions(table, 'option', inner);
    else set(table, start === '' ? 'definition' : start.toLowerCase(), text);
  }
  if (reading.entry.tablespace !== '') set(table, 'tablespace', reading.entry.tablespace);
  // A partitioned table has no storage of its own; pg_dump writes no access method for it before version 17.
  if (reading.entry.accessMethod !== '' && !foreign && !table.properties.has('partition by')) set(table, 'access method', reading.entry.accessMethod);
  return made;
};

function readElements(reader: StatementReader, reading: EntryReading, table: SchemaObject, name: string): readonly SchemaObject[] {
  const made: SchemaObject[] = [];
  const columns: string[] = [];
  for (const element of splitList(reader.group() ?? '')) {
    const inherited = readInheritedNotNull(element, name, reading);
    const constraint = inherited ?? readConstraint(element, name, reading.objects);
    if (constraint !== undefined) {
      made.push(constraint);
      continue;
    }
    const column = readColumn(element, name, reading.objects);
    if (column === undefined) set(table, `element ${element}`, 'present');
    else {
      made.push(column.object);
      columns.push(column.name);
    }
  }
  set(table, 'column order', columns.join(', '));
  return made;
}

/** `NOT NULL a`, with or without a name: of an inherited column, which stands in no list. */
function readInheritedNotNull(element: string, table: string, reading: EntryReading): SchemaObject | undefined {
  if (!/^(CONSTRAINT|NOT) /.test(element)) return undefined;
  const reader = new StatementReader(element);
  const constraint = reader.accept('CONSTRAINT') ? reader.name() : undefined;
  if (!reader.accept('NOT', 'NULL')) return undefined;
  const name = reader.name() ?? reader.rest();
  const column = columnOf(reading.objects, table, name);
  set(column, 'not null', 'yes');
  if (constraint !== undefined) setNotNullName(column, constraint, table, name);
  if (reader.accept('NO', 'INHERIT')) set(column, 'no inherit', 'yes');
  return column;
}
