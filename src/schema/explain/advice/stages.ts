/** In which order statements run: dependents go before what they depend on, and come after it. */
export const stages = [
  // Outside of the transaction: a new label can't be used in the one that adds it.
  'labels',
  'drop dependents',
  'drop keys',
  'schemas',
  'servers',
  'types',
  'sequences',
  'functions',
  'operators',
  'tables',
  'columns',
  'settings of columns',
  'late functions',
  'views',
  'indexes',
  'keys',
  'foreign keys',
  'attach indexes',
  'rules and triggers',
  'switches',
  'publications',
  'drop columns',
  'drop relations',
  'drop functions',
  'drop types',
  'drop servers',
  'drop schemas',
  'owners',
  'privileges',
  'comments',
  'database',
] as const;
export type Stage = (typeof stages)[number];

/** The first form that fits decides. */
const forms: readonly (readonly [RegExp, Stage])[] = [
  [/^COMMENT ON |^SECURITY LABEL /, 'comments'],
  [/^(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)\b/, 'privileges'],
  [/^ALTER [\s\S]* OWNER TO \S+$/, 'owners'],
  [/^CREATE SCHEMA /, 'schemas'],
  [/^CREATE (EXTENSION|FOREIGN DATA WRAPPER|SERVER|USER MAPPING|(OR REPLACE |TRUSTED |PROCEDURAL )*LANGUAGE|ACCESS METHOD) /, 'servers'],
  [/^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) [\s\S]*\n\s*(BEGIN ATOMIC|RETURN )/, 'late functions'],
  [/^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) /, 'functions'],
  [/^(CREATE|ALTER) (OR REPLACE )?(AGGREGATE|OPERATOR|CAST|TRANSFORM|CONVERSION) /, 'operators'],
  [/^(CREATE|ALTER) (TYPE|DOMAIN|COLLATION|TEXT SEARCH) /, 'types'],
  [/^CREATE (UNLOGGED )?SEQUENCE /, 'sequences'],
  [/^CREATE (UNLOGGED |FOREIGN )?TABLE /, 'tables'],
  [/^ALTER (FOREIGN )?TABLE [\s\S]* (ATTACH PARTITION|ADD COLUMN|INHERIT) /, 'columns'],
  [/^ALTER (FOREIGN )?TABLE [\s\S]* ADD CONSTRAINT [\s\S]* FOREIGN KEY /, 'foreign keys'],
  [/^ALTER (FOREIGN )?TABLE [\s\S]* ADD CONSTRAINT /, 'keys'],
  [/^ALTER INDEX [\s\S]* ATTACH PARTITION /, 'attach indexes'],
  [
    /^(ALTER TABLE [\s\S]* (ENABLE|DISABLE)( ALWAYS| REPLICA)? (TRIGGER|RULE) |ALTER EVENT TRIGGER |ALTER TABLE [\s\S]* (CLUSTER ON|REPLICA IDENTITY) )/,
    'switches',
  ],
  [/^(CREATE (UNIQUE )?INDEX |CREATE STATISTICS |ALTER STATISTICS |ALTER INDEX )/, 'indexes'],
  [/^CREATE (OR REPLACE )?(MATERIALIZED |RECURSIVE )?VIEW /, 'views'],
  [/^CREATE (OR REPLACE )?((CONSTRAINT |EVENT )?TRIGGER|RULE|POLICY) /, 'rules and triggers'],
  [/^(CREATE|ALTER) (PUBLICATION|SUBSCRIPTION) /, 'publications'],
];

/** When a statement of pg_dump's form may run. */
export function stageOf(statement: string): Stage {
  return forms.find(([form]) => form.test(statement))?.[1] ?? 'settings of columns';
}
