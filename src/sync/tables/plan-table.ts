import type { CarriedColumn, TableMode, TableProblem } from '../../core/sync.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { carry } from './carry-column.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';
import type { TableTask, TaskColumn, Trial } from './table-task.ts';

export interface TablePlanning {
  readonly mode: TableMode;
  /** Column → SQL of its own type, over production's row. */
  readonly masks: Readonly<Record<string, string>>;
  /** Column of staging → SQL over production's row, as the team has it. */
  readonly values: Readonly<Record<string, string>>;
  /** What production's table gives has the same binary form on staging's server, as far as production's own types go. */
  readonly fitsBinary: boolean;
}

export type PlannedTable = { readonly task: TableTask } | { readonly problems: readonly TableProblem[] };

/** How production's columns become staging's, or every reason why they can't. Looks at the catalogs alone. */
export function planTable(from: TableFacts, to: TableFacts, { mode, masks, values, fitsBinary }: TablePlanning): PlannedTable {
  const problems: TableProblem[] = [...hindrances(from, to, mode)];
  const columns: TaskColumn[] = [];
  const converted: CarriedColumn[] = [];
  const trials: Trial[] = [];
  const sources = new Map(from.columns.map((column) => [column.name, column]));
  for (const target of to.columns) {
    // Staging works them out itself.
    if (target.generated) continue;
    const source = sources.get(target.name);
    const own = Object.hasOwn(values, target.name) ? values[target.name] : undefined;
    if (own !== undefined) {
      columns.push({ name: target.name, give: overMasked(own, from, masks), isPlain: false, comparedAs: comparable(target) });
      converted.push({
        column: target.name,
        to: target.type,
        how: 'as configured (sync.tables.values)',
        ...(source === undefined ? {} : { from: source.type }),
      });
    } else if (source === undefined) {
      if (target.notNull && !target.hasDefault) problems.push(needsValue(from, target));
    } else {
      const mask = Object.hasOwn(masks, target.name) ? masks[target.name] : undefined;
      const value = mask === undefined ? quoteIdentifier(target.name) : `(${mask})`;
      const way = carry(source, target);
      if (way === undefined) columns.push({ name: target.name, give: value, isPlain: mask === undefined && !source.generated, comparedAs: comparable(target) });
      else if ('noWay' in way) problems.push(noWay(from, source, target, way.noWay));
      else {
        columns.push({ name: target.name, give: way.give(value), isPlain: false, comparedAs: way.comparedAs });
        converted.push({ column: target.name, from: source.type, to: target.type, how: way.how });
        if (way.spoils !== undefined || way.needsCast !== undefined)
          trials.push({
            ...{ column: target.name, from: source.type, to: target.type, how: way.how },
            ...(way.spoils === undefined ? {} : { spoils: way.spoils(value) }),
            ...(way.needsCast === undefined ? {} : { needsCast: way.needsCast }),
          });
      }
    }
  }
  if (columns.length === 0) problems.push({ reason: 'both sides have no column in common', cure: 'Exclude it, or migrate staging first.' });
  const synced = new Set(columns.map(({ name }) => name));
  if (mode === 'upsert' && (to.primaryKey.length === 0 || !to.primaryKey.every((column) => synced.has(column))))
    problems.push({ reason: 'upsert needs a primary key on staging whose columns production has', cure: 'Choose another mode for it (sync.tables.modes).' });
  if (problems.length > 0) return { problems };
  const isBinary = fitsBinary && columns.every(({ isPlain }) => isPlain);
  const masked = Object.keys(masks).filter((column) => synced.has(column) && !Object.hasOwn(values, column));
  return {
    task: { schema: to.schema, name: to.name, mode, from, to, columns, isBinary, masked, converted, trials, notes: notesOf(from, to, synced) },
  };
}

/** The team's own expression sees a row as it is masked: it must not lead around a mask. */
function overMasked(expression: string, { columns }: TableFacts, masks: Readonly<Record<string, string>>): string {
  if (Object.keys(masks).length === 0) return `(${expression})`;
  const row = columns.map(({ name }) => {
    const column = quoteIdentifier(name);
    return Object.hasOwn(masks, name) ? `(${masks[name]}) as ${column}` : column;
  });
  return `(select ${expression} from (select ${row.join(', ')} offset 0) as masked)`;
}

/** A value of a type of Postgres's own is compared as itself, every other one by its text. */
function comparable({ builtIn, typeKind, bareType }: ColumnFacts): string {
  return builtIn && typeKind !== 'p' ? bareType : 'pg_catalog.text';
}

function hindrances(from: TableFacts, to: TableFacts, mode: TableMode): readonly TableProblem[] {
  const needed = mode === 'replace' ? ['INSERT', 'DELETE', 'SELECT'] : mode === 'upsert' ? ['INSERT', 'UPDATE', 'SELECT'] : ['INSERT', 'SELECT'];
  const lacking = to.cannot.filter((right) => needed.includes(right));
  const grant = (table: TableFacts, rights: readonly string[]) =>
    `grant ${rights.join(', ').toLowerCase()} on ${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
  return [
    ...(from.cannot.includes('SELECT')
      ? [{ reason: 'production’s role may not read it', sqlstate: '42501', cure: `On production: ${grant(from, ['SELECT'])} to it.` }]
      : []),
    ...(from.rlsActive
      ? [{ reason: 'row level security would hide rows of production from this role', sqlstate: '42501', cure: 'Read with a role that has BYPASSRLS.' }]
      : []),
    ...(lacking.length > 0
      ? [{ reason: `staging’s role lacks ${lacking.join(', ')} on it`, sqlstate: '42501', cure: `On staging: ${grant(to, lacking)} to it, or use the owner.` }]
      : []),
    // Its owner may lift what is forced upon owners, within the transaction.
    ...(to.rlsActive && !(to.owned && to.rlsForced)
      ? [
          {
            reason: 'row level security is in force for staging’s role, so that COPY can’t fill it',
            sqlstate: '0A000',
            cure: 'Use the table’s owner, or a role that has BYPASSRLS.',
          },
        ]
      : []),
  ];
}

function needsValue(table: TableFacts, column: ColumnFacts): TableProblem {
  const path = [table.schema, table.name, column.name].map(quoteIdentifier).join('.');
  return {
    column: column.name,
    reason: `staging’s column ${column.name} (${column.type}) is NOT NULL without a default, and production has no such column`,
    cure: `Say what it gets: sync.tables.values["${path}"], or give it a default on staging.`,
  };
}

function noWay(table: TableFacts, from: ColumnFacts, to: ColumnFacts, why: string): TableProblem {
  const path = [table.schema, table.name, to.name].map(quoteIdentifier).join('.');
  return {
    column: to.name,
    reason: `column ${to.name} is ${from.type} in production and ${to.type} on staging: ${why}`,
    cure: `Say how it is converted: sync.tables.values["${path}"].`,
  };
}

function notesOf(from: TableFacts, to: TableFacts, synced: ReadonlySet<string>): readonly string[] {
  const here = new Set(to.columns.map(({ name }) => name));
  const there = new Set(from.columns.map(({ name }) => name));
  const only = from.columns.filter(({ name }) => !here.has(name)).map(({ name }) => name);
  const filled = to.columns.filter(({ name, generated }) => !there.has(name) && !synced.has(name) && !generated).map(({ name }) => name);
  return [
    ...(only.length === 0 ? [] : [`Staging lacks ${only.join(', ')}: production’s values of ${only.length === 1 ? 'it' : 'them'} don’t come over.`]),
    ...(filled.length === 0 ? [] : [`Production lacks ${filled.join(', ')}: staging’s default stands there, or NULL.`]),
  ];
}
