import type { ObjectSet, SchemaObject } from '../../compare/schema-object.ts';
import type { Step } from './change.ts';
import { splitOn } from './split-name.ts';
import { stageOf } from './stages.ts';

/** The statements that make an object with all that belongs to it (columns' settings, indexes, policies, rights, comments), each once. */
export function makeObject(object: SchemaObject, set: ObjectSet): readonly Step[] {
  const parts = set.all().filter((one) => one !== object && one.parent === object.name);
  const all = [object, ...parts].flatMap((one) => (one.kind === 'constraint' && one !== object ? constraintStatements(one) : one.statements));
  // pg_dump fills materialized views by a statement of its own, which is no part of a schema.
  const filled = object.kind === 'materialized view' && object.properties.get('populated') !== 'no';
  return [...new Set(all)].map((sql) => ({
    stage: stageOf(sql),
    sql: filled ? sql.replace(/(^CREATE MATERIALIZED VIEW [\s\S]*)\s+WITH NO DATA$/, '$1') : sql,
  }));
}

/** Whether its own statements make it: what is inherited, or of another object, only has settings here. */
export function isMade(object: SchemaObject): boolean {
  return object.statements.some((sql) => /^CREATE |^ALTER [\s\S]* ADD (CONSTRAINT|GENERATED) |^ALTER DEFAULT PRIVILEGES /.test(sql));
}

/** The statements of an object alone; of a part of a table without the table's own. */
export function ownStatements(object: SchemaObject): readonly Step[] {
  if (object.kind === 'constraint') {
    const inline = object.statements.every((sql) => !/^ALTER [\s\S]* ADD CONSTRAINT /.test(sql));
    const made = inline ? addConstraint(object) : undefined;
    return [...(made === undefined ? [] : [made]), ...constraintStatements(object)].map((sql) => ({ stage: stageOf(sql), sql }));
  }
  return [...new Set(object.statements)].map((sql) => ({ stage: stageOf(sql), sql }));
}

/** A check can stand inside of CREATE TABLE. */
function constraintStatements(object: SchemaObject): readonly string[] {
  return object.statements.filter((sql) => !/^CREATE (UNLOGGED |FOREIGN )?TABLE /.test(sql));
}

/** ALTER TABLE … ADD CONSTRAINT, from the constraint's properties. */
export function addConstraint(object: SchemaObject, validated = object.properties.get('validated') !== 'no'): string | undefined {
  const names = splitOn(object.name);
  const definition = object.properties.get('definition');
  if (names === undefined || definition === undefined) return undefined;
  const parameters = [...object.properties]
    .filter(([property]) => property.startsWith('parameter '))
    .map(([property, value]) => `${property.slice(10)}='${value}'`);
  const storage = parameters.length === 0 ? '' : ` WITH (${parameters.join(', ')})`;
  // WITH stands before DEFERRABLE and the like, behind the columns.
  const [, columns = definition, rest = ''] =
    /^((?:UNIQUE|PRIMARY KEY|EXCLUDE)[\s\S]*?\)(?: INCLUDE \([^)]*\))?)((?: (?:NOT )?DEFERRABLE| INITIALLY \w+| WHERE [\s\S]*)*)$/.exec(definition) ?? [];
  return `ALTER TABLE ${names.table} ADD CONSTRAINT ${names.own} ${storage === '' ? definition : `${columns}${storage}${rest}`}${validated ? '' : ' NOT VALID'}`;
}
