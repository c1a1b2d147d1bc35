import { set } from '../../compare/schema-object.ts';
import type { StatementHandler } from './entry-reading.ts';
import { indexName } from './index-name.ts';
import { readOptions } from './read-options.ts';
import { splitClauses } from './split-clauses.ts';

/** CREATE [UNIQUE] INDEX name ON [ONLY] table … */
export const readCreateIndex: StatementHandler = (reader, reading) => {
  const unique = reader.accept('UNIQUE');
  if (!reader.accept('INDEX')) return undefined;
  const name = reader.name();
  if (name === undefined || !reader.accept('ON')) return undefined;
  const only = reader.accept('ONLY');
  const table = reader.qualifiedName();
  if (table === undefined) return undefined;
  const index = reading.objects.object('index', indexName(table, name), table);
  reading.objects.alias('index', index.name, index);
  const definition = [unique ? 'UNIQUE' : '', only ? 'ON ONLY' : 'ON', table];
  for (const clause of splitClauses(reader.rest(), ['WITH', 'WHERE'])) {
    if (clause.start === 'WITH' && clause.text.startsWith('(')) readOptions(index, 'parameter', clause.text.slice(1, -1));
    else if (clause.start === 'WHERE') set(index, 'predicate', clause.text);
    else definition.push(clause.start, clause.text);
  }
  set(index, 'definition', definition.filter((part) => part !== '').join(' '));
  if (reading.entry.tablespace !== '') set(index, 'tablespace', reading.entry.tablespace);
  return [index];
};

/** ALTER INDEX parent ATTACH PARTITION child; ALTER INDEX name ALTER COLUMN n SET STATISTICS m. */
export const readAlterIndex: StatementHandler = (reader, reading) => {
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  if (reader.accept('ATTACH', 'PARTITION')) {
    const child = reader.qualifiedName();
    if (child === undefined) return undefined;
    const index = reading.objects.target('index', child);
    set(index, 'attached to', name);
    return [index.object];
  }
  const index = reading.objects.target('index', name);
  if (!reader.accept('ALTER', 'COLUMN')) return undefined;
  const column = reader.next() ?? '';
  if (!reader.accept('SET', 'STATISTICS')) return undefined;
  set(index, `statistics of column ${column}`, reader.rest());
  return [index.object];
};
