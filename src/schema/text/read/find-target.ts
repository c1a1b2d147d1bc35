import type { ObjectSet, Target } from '../../compare/schema-object.ts';
import type { StatementReader } from '../statement-reader.ts';
import { columnOf } from './read-column.ts';

const relations = new Set(['TABLE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE', 'SEQUENCE']);
const parts = new Set(['CONSTRAINT', 'TRIGGER', 'POLICY', 'RULE']);
const routines = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE', 'ROUTINE']);
/** Kinds whose names are several words. */
const longKinds = [
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'EVENT TRIGGER',
  'ACCESS METHOD',
  'OPERATOR CLASS',
  'OPERATOR FAMILY',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
  'TEXT SEARCH PARSER',
  'TEXT SEARCH TEMPLATE',
  'LARGE OBJECT',
  'PROCEDURAL LANGUAGE',
];
const sameKind: Readonly<Record<string, string>> = { 'foreign server': 'server', 'procedural language': 'language' };

/** Consumes `KIND name` (as after COMMENT ON and GRANT … ON) up to one of the closing words, and finds the object that is meant. */
export function findTarget(reader: StatementReader, objects: ObjectSet, closing: readonly string[]): Target {
  const kind = longKinds.find((words) => reader.accept(...words.split(' '))) ?? reader.next()?.toUpperCase() ?? '';
  if (relations.has(kind)) return objects.target('relation', reader.qualifiedName() ?? '');
  if (routines.has(kind)) {
    const name = reader.qualifiedName() ?? '';
    return objects.target('routine', `${name}(${reader.group() ?? ''})`);
  }
  if (kind === 'TYPE' || kind === 'DOMAIN') return objects.target('type', reader.qualifiedName() ?? '');
  if (kind === 'INDEX') return objects.target('index', reader.qualifiedName() ?? '');
  if (kind === 'COLUMN') {
    const names = reader.nameParts() ?? [];
    const relation = objects.find('relation', names.slice(0, -1).join('.'));
    const type = objects.find('type', names.slice(0, -1).join('.'));
    // An attribute of a composite type is a property of the type.
    if (relation === undefined && type !== undefined) return { object: type.object, prefix: `attribute ${names.at(-1)} ` };
    return { object: columnOf(objects, names.slice(0, -1).join('.'), names.at(-1) ?? ''), prefix: '' };
  }
  if (parts.has(kind)) {
    const name = reader.name() ?? '';
    reader.accept('ON');
    const domain = reader.accept('DOMAIN');
    const owner = reader.qualifiedName() ?? '';
    if (domain) return { object: objects.target('type', owner).object, prefix: `constraint ${name} ` };
    return { object: objects.object(kind.toLowerCase(), `${name} on ${owner}`, owner), prefix: '' };
  }
  const lower = kind.toLowerCase();
  return objects.target(sameKind[lower] ?? lower, reader.until(...closing));
}
