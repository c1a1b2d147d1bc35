import { set } from '../../compare/schema-object.ts';
import type { StatementHandler } from './entry-reading.ts';
import { readOptions } from './read-options.ts';

/** CREATE [OR REPLACE] [MATERIALIZED] VIEW name [WITH (…)] AS query. */
export const readCreateView: StatementHandler = (reader, reading) => {
  reader.accept('OR', 'REPLACE');
  const materialized = reader.accept('MATERIALIZED');
  const recursive = reader.accept('RECURSIVE');
  if (!reader.accept('VIEW')) return undefined;
  const name = reader.qualifiedName();
  if (name === undefined) return undefined;
  // A view in a ring of references is written twice: first as a dummy, then by CREATE OR REPLACE. The second one counts.
  const view = reading.objects.object(materialized ? 'materialized view' : 'view', name, name);
  reading.objects.alias('relation', name, view);
  const columns = reader.group();
  if (columns !== undefined) set(view, 'columns', columns);
  if (reader.accept('USING')) set(view, 'access method', reader.name() ?? '');
  if (reader.accept('WITH')) readOptions(view, 'parameter', reader.group() ?? '');
  if (!reader.accept('AS')) return undefined;
  let query = reader.rest();
  // Whether a materialized view is populated is not in the schema's text, which always says so.
  if (materialized) query = query.replace(/\s+WITH NO DATA$/, '');
  const check = /\s+WITH (LOCAL|CASCADED) CHECK OPTION$/.exec(query);
  if (!materialized && check !== null) {
    query = query.slice(0, check.index);
    set(view, 'check option', (check[1] ?? '').toLowerCase());
  }
  set(view, 'definition', recursive ? `RECURSIVE ${query}` : query);
  if (materialized) {
    if (reading.entry.tablespace !== '') set(view, 'tablespace', reading.entry.tablespace);
    if (reading.entry.accessMethod !== '') set(view, 'access method', reading.entry.accessMethod);
  }
  return [view];
};
