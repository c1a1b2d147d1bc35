import { compareText, type SchemaObject, set, type Target } from '../../compare/schema-object.ts';
import { type StatementReader, splitList } from '../statement-reader.ts';
import type { EntryReading, StatementHandler } from './entry-reading.ts';
import { columnOf } from './read-column.ts';
import { readConstraint } from './read-constraint.ts';
import { readOptions } from './read-options.ts';

/** ALTER TABLE [ONLY] name …: pg_dump writes owners, column settings, defaults, constraints, row security and partitions so. */
export const readAlterTable: StatementHandler = (reader, reading) => {
  reader.accept('ONLY');
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  const relation = reading.objects.target('relation', name);
  const before = reader.peekRest();
  if (reader.accept('ALTER', 'COLUMN')) return readAlterColumn(reader, reading, name) ?? unknownAction(relation, before);
  if (reader.accept('ADD', 'CONSTRAINT')) {
    const constraint = readConstraint(before.replace(/^ADD\s+/i, ''), name, reading.objects);
    if (constraint !== undefined && reading.entry.tablespace !== '' && !/FOREIGN KEY|CHECK/.test(before)) {
      set(constraint, 'tablespace', reading.entry.tablespace);
    }
    return constraint === undefined ? unknownAction(relation, before) : [constraint];
  }
  if (reader.accept('ATTACH', 'PARTITION')) {
    const child = reader.qualifiedName();
    if (child === undefined) return unknownAction(relation, before);
    const target = reading.objects.target('relation', child);
    set(target, 'partition of', `${name} ${inOrderOfValues(reader.rest())}`);
    return [target.object];
  }
  if (reader.accept('OWNER', 'TO')) set(relation, 'owner', reader.name() ?? reader.rest());
  else if (reader.accept('ENABLE', 'ROW', 'LEVEL', 'SECURITY')) set(relation, 'row security', 'enabled');
  else if (reader.accept('FORCE', 'ROW', 'LEVEL', 'SECURITY')) set(relation, 'row security forced', 'yes');
  else if (reader.accept('REPLICA', 'IDENTITY')) set(relation, 'replica identity', reader.rest());
  else if (reader.accept('CLUSTER', 'ON')) set(relation, 'clustered on', reader.rest());
  else if (reader.accept('SET', 'ACCESS', 'METHOD')) set(relation, 'access method', reader.rest());
  else return readSwitch(reader, reading, name) ?? unknownAction(relation, before);
  return [relation.object];
};

/** The values of a list partition are a set. */
function inOrderOfValues(bound: string): string {
  const values = /^FOR VALUES IN \((.*)\)$/s.exec(bound)?.[1];
  return values === undefined ? bound : `FOR VALUES IN (${splitList(values).toSorted(compareText).join(', ')})`;
}

/** ENABLE [ALWAYS | REPLICA] or DISABLE, TRIGGER or RULE. */
function readSwitch(reader: StatementReader, reading: EntryReading, table: string): readonly SchemaObject[] | undefined {
  const off = reader.accept('DISABLE');
  if (!off && !reader.accept('ENABLE')) return undefined;
  const how = off ? 'no' : reader.accept('ALWAYS') ? 'always' : reader.accept('REPLICA') ? 'on replicas' : 'yes';
  const kind = reader.accept('TRIGGER') ? 'trigger' : reader.accept('RULE') ? 'rule' : undefined;
  const name = reader.name();
  if (kind === undefined || name === undefined) return undefined;
  const object = reading.objects.object(kind, `${name} on ${table}`, table);
  set(object, 'enabled', how);
  return [object];
}

function readAlterColumn(reader: StatementReader, reading: EntryReading, table: string): readonly SchemaObject[] | undefined {
  const name = reader.name();
  if (name === undefined) return undefined;
  const column = columnOf(reading.objects, table, name);
  if (reader.accept('SET', 'DEFAULT')) set(column, 'default', reader.rest());
  else if (reader.accept('SET', 'STATISTICS')) set(column, 'statistics', reader.rest());
  else if (reader.accept('SET', 'STORAGE')) set(column, 'storage', reader.rest());
  else if (reader.accept('SET', 'COMPRESSION')) set(column, 'compression', reader.rest());
  else if (reader.accept('SET', 'NOT', 'NULL')) set(column, 'not null', 'yes');
  else if (reader.accept('OPTIONS')) readOptions(column, 'option', reader.group() ?? '');
  else if (reader.accept('SET')) readOptions(column, 'parameter', reader.group() ?? reader.rest());
  else if (reader.accept('ADD', 'GENERATED')) readIdentity(reader, reading, column);
  else return undefined;
  return [column];
}

/** An identity column's sequence is a part of the column: its name is chosen by the server and makes no difference. */
function readIdentity(reader: StatementReader, reading: EntryReading, column: SchemaObject): void {
  const when = reader.until('AS');
  reader.accept('AS', 'IDENTITY');
  const sequence = reader.group() ?? reader.rest();
  const name = /^SEQUENCE NAME (.*)$/m.exec(sequence)?.[1];
  const parameters = sequence
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !/^(SEQUENCE NAME |(UN)?LOGGED$)/.test(line));
  set(column, 'identity', [when, ...parameters].join(' '));
  const persistence = /^\s*((?:UN)?LOGGED)$/m.exec(sequence)?.[1];
  if (persistence !== undefined) set(column, 'identity sequence persistence', persistence.toLowerCase());
  if (name !== undefined) reading.objects.alias('relation', name, column, 'identity sequence ');
}

/** An action that is not known here is kept by its text. */
function unknownAction(relation: Target, action: string): readonly SchemaObject[] {
  set(relation, `action ${action.replace(/\s+/g, ' ')}`, 'present');
  return [relation.object];
}
