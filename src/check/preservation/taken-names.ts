import { type Finding, findingId } from '../../core/finding.ts';
import { nameSome } from '../../core/name-some.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import type { Content } from './content.ts';
import type { ColumnFate, Place } from './follow-columns.ts';

/** A column whose values are still there, or followed from others, while something else goes by its name. */
export interface TakenName {
  readonly fate: ColumnFate;
  readonly now: Place;
}

/**
 * Columns under whose names others are found now that hold other values: two columns or tables changed their names, or a table was renamed and another one
 * filled in its place. Nothing is lost, and the application reads something else. Those of other types have still to be read back. Pure.
 */
export function takenNames(fates: readonly ColumnFate[], after: Content): readonly TakenName[] {
  const byName = new Map([...after.tables.values()].map((table) => [table.name, table]));
  return fates.flatMap((fate): TakenName[] => {
    const table = byName.get(fate.table.name);
    const column = table?.columns.find(({ name }) => name === fate.column.name);
    if (table === undefined || column === undefined) return [];
    // What is worked out of other columns may be so in another way; where it is written from now on, what was read there has to be there.
    const { generated } = fate.column;
    if (generated && column.generated) return [];
    if (fate.fate !== 'kept' && fate.fate !== 'moved' && !generated) return [];
    // The column itself, written to after its values had been copied elsewhere: that is for whoever looks at written rows.
    if (fate.table.oid === table.oid && fate.column.number === column.number) return [];
    if (fate.to?.table.oid === table.oid && fate.to.column.number === column.number) return [];
    return column.values === fate.column.values && column.sum === fate.column.sum ? [] : [{ fate, now: { table, column } }];
  });
}

/** One for each table that is another one now, and one for each column of those that aren't. */
export function takenNameFindings(taken: readonly TakenName[]): readonly Finding[] {
  const columns = taken.filter(({ fate, now }) => fate.table.oid === now.table.oid);
  const tables = Map.groupBy(
    taken.filter((one) => !columns.includes(one)),
    ({ fate }) => fate.table,
  );
  return [
    ...[...tables].map(([table, all]): Finding => {
      const object = { kind: 'table', name: table.name };
      return {
        ...base(object),
        title: `${table.name} is another ${all[0]?.now.table.kind ?? 'table'} now, with other values in ${nameSome(
          all.map(({ fate }) => quoteIdentifier(fate.column.name)),
          3,
        )}`,
        detail: all.map((one) => told(one)).join('\n'),
      };
    }),
    ...columns.map((one): Finding => {
      const object = { kind: 'column', name: nameOf(one.now) };
      return { ...base(object), title: `${object.name} is another column now, with other values`, detail: told(one) };
    }),
  ];
}

function base(object: Finding['object']): Omit<Finding, 'title'> {
  return {
    id: findingId(about.check, object, 'taken'),
    check: about.check,
    phase: about.phase,
    severity: 'blocker',
    rootCause: 'data-loss',
    object,
    cure: 'Copy the values to where they are read, or declare in data.contentChanges that they may be others.',
  };
}

function told({ fate, now }: TakenName): string {
  const where = fate.to === undefined ? '' : ` They are in ${nameOf(fate.to)} now.`;
  return `${fate.column.name}: ${showCount(fate.column.values, 'value')} before, ${showCount(now.column.values, 'value')} after, not the same ones.${where}`;
}

function nameOf({ table, column }: Place): string {
  return `${table.name}.${quoteIdentifier(column.name)}`;
}
