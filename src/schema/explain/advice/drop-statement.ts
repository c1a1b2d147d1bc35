import type { SchemaObject } from '../../compare/schema-object.ts';
import type { Step } from './change.ts';
import { splitLast, splitOn } from './split-name.ts';
import type { Stage } from './stages.ts';

const byKind: Readonly<Record<string, readonly [words: string, stage: Stage]>> = {
  table: ['TABLE', 'drop relations'],
  'foreign table': ['FOREIGN TABLE', 'drop relations'],
  sequence: ['SEQUENCE', 'drop relations'],
  view: ['VIEW', 'drop dependents'],
  'materialized view': ['MATERIALIZED VIEW', 'drop dependents'],
  index: ['INDEX', 'drop keys'],
  function: ['FUNCTION', 'drop functions'],
  procedure: ['PROCEDURE', 'drop functions'],
  aggregate: ['AGGREGATE', 'drop functions'],
  type: ['TYPE', 'drop types'],
  domain: ['DOMAIN', 'drop types'],
  schema: ['SCHEMA', 'drop schemas'],
  extension: ['EXTENSION', 'drop servers'],
  server: ['SERVER', 'drop servers'],
  'foreign data wrapper': ['FOREIGN DATA WRAPPER', 'drop schemas'],
  language: ['LANGUAGE', 'drop servers'],
  'access method': ['ACCESS METHOD', 'drop servers'],
  'event trigger': ['EVENT TRIGGER', 'drop dependents'],
  publication: ['PUBLICATION', 'drop dependents'],
  subscription: ['SUBSCRIPTION', 'drop dependents'],
  statistics: ['STATISTICS', 'drop keys'],
  collation: ['COLLATION', 'drop types'],
  conversion: ['CONVERSION', 'drop functions'],
  'text search configuration': ['TEXT SEARCH CONFIGURATION', 'drop functions'],
  'text search dictionary': ['TEXT SEARCH DICTIONARY', 'drop functions'],
  'text search template': ['TEXT SEARCH TEMPLATE', 'drop types'],
  'text search parser': ['TEXT SEARCH PARSER', 'drop types'],
};
const losing: Readonly<Record<string, string>> = {
  table: 'the rows of',
  'materialized view': 'what is stored in',
  sequence: 'the last value of',
  extension: 'the tables and types of',
  subscription: 'the position of',
};

/** The statement that takes an object away, never with CASCADE; undefined where none is known. */
export function dropStatement(object: Pick<SchemaObject, 'kind' | 'name'> & Partial<SchemaObject>): Step | undefined {
  const { kind, name } = object;
  const on = splitOn(name);
  const loses = losing[kind] === undefined ? {} : { loses: `${losing[kind]} ${kind} ${name}` };
  switch (kind) {
    case 'column': {
      const { before, last } = splitLast(name);
      return { stage: 'drop columns', sql: `ALTER TABLE ${before} DROP COLUMN ${last}`, loses: `the values of column ${name}` };
    }
    case 'constraint':
      return on && { stage: 'drop keys', sql: `ALTER TABLE ${on.table} DROP CONSTRAINT ${on.own}` };
    case 'trigger':
    case 'rule':
    case 'policy':
      return on && { stage: 'drop dependents', sql: `DROP ${kind.toUpperCase()} ${on.own} ON ${on.table}` };
    default: {
      const known = byKind[kind];
      if (known !== undefined) return { stage: known[1], sql: `DROP ${known[0]} ${name}`, ...loses };
      const made = object.statements?.find((sql) => sql.startsWith('CREATE '));
      const dropped = made === undefined ? undefined : dropOf(made);
      return dropped === undefined ? undefined : { stage: 'drop functions', sql: dropped };
    }
  }
}

/** The DROP to a CREATE whose object has no plain name. */
function dropOf(made: string): string | undefined {
  const part = (name: string) => new RegExp(`\\b${name} = ([^,\\n]+?)\\s*(?:,|\\n|\\))`).exec(made)?.[1] ?? 'NONE';
  const operator = /^CREATE OPERATOR (\S+) \(/.exec(made)?.[1];
  if (operator !== undefined) return `DROP OPERATOR ${operator} (${part('LEFTARG')}, ${part('RIGHTARG')})`;
  const family = /^CREATE OPERATOR (CLASS|FAMILY) (\S+)[\s\S]*? USING (\w+)/.exec(made);
  if (family !== null) return `DROP OPERATOR ${family[1]} ${family[2]} USING ${family[3]}`;
  const cast = /^CREATE CAST (\([\s\S]*? AS [\s\S]*?\))(?: WITH|$)/.exec(made)?.[1];
  if (cast !== undefined) return `DROP CAST ${cast}`;
  const transform = /^CREATE TRANSFORM (FOR [\s\S]*? LANGUAGE \S+)/.exec(made)?.[1];
  if (transform !== undefined) return `DROP TRANSFORM ${transform}`;
  const mapping = /^CREATE USER MAPPING (FOR \S+ SERVER \S+)/.exec(made)?.[1];
  if (mapping !== undefined) return `DROP USER MAPPING ${mapping}`;
  return undefined;
}
