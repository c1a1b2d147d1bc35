import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import type { ForeignKeyFacts, TableFacts, TriggerFacts } from './table-facts.ts';
import type { TableTask } from './table-task.ts';

/** A table's own rows: never those of tables that inherit from it, always those of its partitions. */
export function rowsOf({ schema, name, partitioned }: Pick<TableFacts, 'schema' | 'name' | 'partitioned'>): string {
  return `${partitioned ? '' : 'only '}${qualifiedName(schema, name)}`;
}

export function columnList({ columns }: Pick<TableTask, 'columns'>): string {
  return columns.map(({ name }) => quoteIdentifier(name)).join(', ');
}

/** Production's `COPY … TO STDOUT`: converted and masked values are worked out there. */
export function copyOut(task: TableTask): string {
  const { from, columns, isBinary } = task;
  const isPlain = !from.partitioned && columns.every((column) => column.isPlain);
  const gives = columns.map(({ name, give, isPlain: asIs }) => (asIs ? give : `${give} as ${quoteIdentifier(name)}`)).join(', ');
  const rows = isPlain ? `${qualifiedName(from.schema, from.name)} (${columnList(task)})` : `(select ${gives} from ${rowsOf(from)})`;
  return `copy ${rows} to stdout${isBinary ? ' with (format binary)' : ''}`;
}

/** Staging's `COPY … FROM STDIN` for the same rows. */
export function copyIn(task: TableTask, into = qualifiedName(task.schema, task.name)): string {
  return `copy ${into} (${columnList(task)}) from stdin${task.isBinary ? ' with (format binary)' : ''}`;
}

/** @param replica whether the session's role for replication is `replica` */
export function firingTriggers(triggers: readonly TriggerFacts[], replica: boolean): readonly TriggerFacts[] {
  return triggers.filter(({ enabled }) => enabled === 'A' || enabled === (replica ? 'R' : 'O'));
}

/** Others may read the old rows until the new ones are committed; nobody may write. An owner's triggers and policies keep quiet meanwhile. */
export function takeTable({ to }: Pick<TableTask, 'to'>, silent: boolean): readonly string[] {
  return [
    `lock table ${rowsOf(to)} in share row exclusive mode`,
    ...silenced(to, silent).map((trigger) => switchTrigger(trigger, 'disable')),
    ...(to.owned && to.rlsForced && to.rlsActive ? [`alter table ${qualifiedName(to.schema, to.name)} no force row level security`] : []),
  ];
}

function silenced({ triggers }: TableFacts, replica: boolean): readonly TriggerFacts[] {
  return firingTriggers(triggers, replica).filter(({ owned }) => owned);
}

/** ONLY: each partition's trigger has a state of its own, which its parent's would overwrite. */
function switchTrigger({ onSchema, onTable, name }: TriggerFacts, how: string): string {
  return `alter table only ${qualifiedName(onSchema, onTable)} ${how} trigger ${quoteIdentifier(name)}`;
}

/** Puts back what takeTable silenced. */
export function restoreTable({ to }: Pick<TableTask, 'to'>, silent: boolean): readonly string[] {
  const how = ({ enabled }: TriggerFacts) => (enabled === 'A' ? 'enable always' : enabled === 'R' ? 'enable replica' : 'enable');
  return [
    ...silenced(to, silent).map((trigger) => switchTrigger(trigger, how(trigger))),
    ...(to.owned && to.rlsForced && to.rlsActive ? [`alter table ${qualifiedName(to.schema, to.name)} force row level security`] : []),
  ];
}

/** DELETE lets others read the old rows meanwhile, and is not stopped by foreign keys that lead here; TRUNCATE with CASCADE is never used. */
export function emptying({ to }: Pick<TableTask, 'to'>): string {
  return `delete from ${rowsOf(to)}`;
}

export function makeDeferrable(key: ForeignKeyFacts): string {
  return `alter table ${qualifiedName(key.schema, key.table)} alter constraint ${quoteIdentifier(key.name)} deferrable initially deferred`;
}

export function makeUndeferrable(key: ForeignKeyFacts): string {
  return `alter table ${qualifiedName(key.schema, key.table)} alter constraint ${quoteIdentifier(key.name)} not deferrable`;
}

/** Constraint names belong to their table's schema. */
export function setConstraint(key: ForeignKeyFacts, when: 'deferred' | 'immediate'): string {
  return `set constraints ${qualifiedName(key.schema, key.name)} ${when}`;
}

export interface SequenceState {
  readonly schema: string;
  readonly name: string;
  readonly lastValue: string;
  readonly isCalled: boolean;
}

const numbers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric']);

/**
 * Moves the sequences of a filled table past every value that is there: production's, staging's own, and what stands in the rows. Never back: what a sequence
 * has given may be known elsewhere.
 */
export function moveSequences({ from, to }: TableTask, states: readonly SequenceState[]): readonly string[] {
  return to.sequences.map(({ column, schema, name, ascending }) => {
    const theirs = from.sequences.find((sequence) => sequence.column === column);
    const state = states.find((one) => theirs !== undefined && one.schema === theirs.schema && one.name === theirs.name);
    const furthest = ascending ? 'max' : 'min';
    const inRows = numbers.has(to.columns.find((one) => one.name === column)?.typeName ?? '');
    const values = [
      `select case when is_called then last_value end as value from ${qualifiedName(schema, name)}`,
      ...(state?.isCalled ? [`select ${state.lastValue}::pg_catalog.int8`] : []),
      ...(inRows ? [`select pg_catalog.${furthest}(${quoteIdentifier(column)})::pg_catalog.int8 from ${rowsOf(to)}`] : []),
    ];
    return `select pg_catalog.setval(${quoteLiteral(qualifiedName(schema, name))}, pg_catalog.${furthest}(value), true)
              from (${values.join(' union all ')}) as known having pg_catalog.${furthest}(value) is not null`;
  });
}
