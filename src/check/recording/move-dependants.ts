import { parseQualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { besides, derivedName } from './derived-name.ts';
import type { RecordedRun } from './recorded-run.ts';
import type { ColumnFacts, ConstraintFacts, IndexFacts } from './recording-facts.ts';
import { replaceColumn } from './replace-column.ts';
import { setNotNull } from './set-not-null.ts';

/** Code that gives a second column what hangs on the first, around the statements that swap their names. */
export interface MovedDependants {
  /** What takes long or may fail, while the first column is still in use. */
  readonly before: readonly string[];
  /** In the transaction of the swap, before and after the names change. */
  readonly swapFirst: readonly string[];
  readonly swapLast: readonly string[];
  /** Once the names are swapped. */
  readonly after: readonly string[];
  /** Once the first column is gone. */
  readonly atLast: readonly string[];
  readonly notes: readonly string[];
}

const integers = new Set(['smallint', 'integer', 'bigint']);

/** NOT NULL, default, identity, indexes, keys, checks and foreign keys, in both directions. Of a partitioned table only notes: its indexes can't be built concurrently. */
export function moveDependants(run: RecordedRun, table: number, column: ColumnFacts, fresh: string, type: string): MovedDependants {
  const name = run.nameOf(table);
  const names = (definition: string) => replaceColumn(definition, column.name, fresh) !== definition;
  // An expression or a condition names the column, too; the index goes with it.
  const indexes = run.before.indexes.filter((index) => index.table === table && (index.columns.includes(column.number) || names(index.definition)));
  const constraints = run.before.constraints.filter((one) => one.table === table && one.columns.includes(column.number));
  const pointing = run.before.constraints.filter(
    (one) => one.references?.table === table && one.references.columns.includes(column.number) && one.parent === undefined,
  );
  if (run.tableBefore(table)?.kind === 'partitioned table') return onlyNotes(run, column, indexes, [...constraints, ...pointing]);
  const keys = constraints.filter(({ kind }) => kind === 'primary key' || kind === 'unique');
  const rules = constraints.filter(({ kind }) => kind === 'check' || kind === 'foreign key');
  const builtFor = (constraint: ConstraintFacts) => indexes.find(({ oid }) => oid === constraint.index);
  const exclusions = constraints.filter(({ kind }) => kind === 'exclusion');
  const builtConcurrently = indexes.filter(({ oid }) => !exclusions.some(({ index }) => index === oid));
  const loose = builtConcurrently.filter(({ oid }) => !keys.some(({ index }) => index === oid));
  return {
    before: [
      ...(column.notNull ? setNotNull(name, fresh) : []),
      ...builtConcurrently.map((index) => replaceColumn(concurrently(index.definition, newName(index)), column.name, fresh)),
      ...rules.flatMap((one) => [
        `alter table ${name} add constraint ${renamed(one)} ${replaceColumn(one.definition.replace(/ NOT VALID$/, ''), column.name, fresh)} not valid`,
        ...(one.validated ? [`alter table ${name} validate constraint ${renamed(one)}`] : []),
      ]),
      ...(column.filled === 'default' ? [`alter table ${name} alter column ${fresh} set default ${column.expression}`] : []),
    ],
    swapFirst: [
      ...pointing.map((one) => `alter table ${run.nameOf(one.table)} drop constraint ${one.name}`),
      ...keys.map((one) => `alter table ${name} drop constraint ${one.name}`),
      ...run.before.keys
        .filter((one) => one.table === table && one.column === column.number && column.filled === 'default')
        .flatMap(({ sequence }) => [
          ...(integers.has(type) ? [`alter sequence ${sequence} as ${type}`] : []),
          `alter sequence ${sequence} owned by ${name}.${fresh}`,
        ]),
    ],
    swapLast: [
      ...keys.map((one) => `alter table ${name} add constraint ${one.name} ${one.kind} using index ${indexName(builtFor(one), one)}${deferred(one)}`),
      ...(column.filled === 'identity' && integers.has(type) ? identity(name, column.name) : []),
      ...(column.notNull ? [`alter table ${name} alter column ${derivedName(column.name, '_old')} drop not null`] : []),
      ...pointing.map((one) => `alter table ${run.nameOf(one.table)} add constraint ${one.name} ${one.definition.replace(/ NOT VALID$/, '')} not valid`),
    ],
    after: pointing.filter(({ validated }) => validated).map((one) => `alter table ${run.nameOf(one.table)} validate constraint ${one.name}`),
    atLast: [
      ...loose.map((index) => `alter index ${besides(index.name, newName(index))} rename to ${bareName(index)}`),
      ...rules.map((one) => `alter table ${name} rename constraint ${renamed(one)} to ${one.name}`),
    ],
    notes: [
      ...(column.filled === 'identity' ? ['The new identity is BY DEFAULT; where the old one was ALWAYS, say so.'] : []),
      ...(column.filled === 'generated' ? ['The column is generated: its expression is not carried over.'] : []),
      ...exclusions.map((one) => `Exclusion constraint ${one.name} can’t be built beside the writers, and goes with the old column.`),
    ],
  };
}

/** The old identity takes its sequence along, and only one column of a table may be one. */
function identity(name: string, column: string): readonly string[] {
  const bare = parseQualifiedName(column)?.name ?? column;
  return [
    `alter table ${name} alter column ${derivedName(column, '_old')} drop identity`,
    `alter table ${name} alter column ${column} add generated by default as identity`,
    `select pg_catalog.setval(pg_catalog.pg_get_serial_sequence(${quoteLiteral(name)}, ${quoteLiteral(bare)}), (select max(${column}) from ${name}))`,
  ];
}

function onlyNotes(run: RecordedRun, column: ColumnFacts, indexes: readonly IndexFacts[], constraints: readonly ConstraintFacts[]): MovedDependants {
  const hanging = [
    ...(column.notNull ? ['NOT NULL'] : []),
    ...(column.expression === undefined ? [] : [`default ${column.expression}`]),
    ...(column.filled === 'identity' ? ['identity'] : []),
    ...indexes.map(({ name }) => `index ${name}`),
    ...constraints.map((one) => `constraint ${one.name} of ${run.nameOf(one.table)}`),
  ];
  const notes =
    hanging.length === 0 ? [] : [`Before step 3, make for the new column what the old one has, the indexes partition by partition: ${hanging.join(', ')}.`];
  return { before: [], swapFirst: [], swapLast: [], after: [], atLast: [], notes };
}

function concurrently(definition: string, name: string): string {
  // The name is the first word after INDEX, in quotes or without.
  return definition.replace(
    /^CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+)/,
    (_, unique: string | undefined) => `create ${unique === undefined ? '' : 'unique '}index concurrently ${name}`,
  );
}

function newName(index: IndexFacts): string {
  return derivedName(index.name, '_new');
}

function bareName(index: IndexFacts): string {
  return quoteIdentifier(parseQualifiedName(index.name)?.name ?? index.name);
}

function indexName(index: IndexFacts | undefined, constraint: ConstraintFacts): string {
  return index === undefined ? derivedName(constraint.name, '_new') : newName(index);
}

/** What an index doesn't know of its constraint. */
function deferred({ definition }: ConstraintFacts): string {
  return / (?:DEFERRABLE|INITIALLY) ?.*$/.exec(definition)?.[0].toLowerCase() ?? '';
}

function renamed(constraint: ConstraintFacts): string {
  return derivedName(constraint.name, '_new');
}
