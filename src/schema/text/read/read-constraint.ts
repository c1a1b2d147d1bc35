import { type ObjectSet, type SchemaObject, set } from '../../compare/schema-object.ts';
import { StatementReader } from '../statement-reader.ts';
import { indexName } from './index-name.ts';
import { readOptions } from './read-options.ts';
import { splitClauses } from './split-clauses.ts';

/** Reads `CONSTRAINT name definition`; undefined when the text is something else (a column). */
export function readConstraint(text: string, table: string, objects: ObjectSet): SchemaObject | undefined {
  const reader = new StatementReader(text);
  if (!reader.accept('CONSTRAINT')) return undefined;
  const name = reader.name();
  if (name === undefined) return undefined;
  const constraint = objects.object('constraint', `${name} on ${table}`, table);
  const definition: string[] = [];
  set(constraint, 'validated', 'yes');
  for (const clause of splitClauses(reader.rest(), ['WITH', 'NOT VALID', 'NO INHERIT', 'DEFERRABLE', 'INITIALLY DEFERRED', 'NOT ENFORCED', 'WHERE'])) {
    // EXCLUDE (… WITH =) has its WITH in parentheses, so that one found here brings the storage parameters of the index.
    if (clause.start === 'WITH' && clause.text.startsWith('(')) readOptions(constraint, 'parameter', clause.text.slice(1, -1));
    else if (clause.start === 'NOT VALID') set(constraint, 'validated', 'no');
    else definition.push([clause.start, clause.text].filter((part) => part !== '').join(' '));
  }
  set(constraint, 'definition', definition.join(' '));
  // The index behind a key has no statement of its own: what is said of it (attached to which, clustered, commented) is said of the constraint.
  if (/^(PRIMARY KEY|UNIQUE|EXCLUDE)/.test(definition.join(' ').trim())) objects.alias('index', indexName(table, name), constraint);
  return constraint;
}
