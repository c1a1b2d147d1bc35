import type { FollowedValues, PreservationReport } from '../../core/preservation.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import type { DeclaredContentChange } from './declared-change.ts';
import { declarationOf } from './declared-change.ts';
import type { ColumnFate } from './follow-columns.ts';

/**
 * What the report shows of values that had to be followed; the many that stayed where they were are only counted. Pure.
 *
 * @param readsBack as judgePreservation has it
 */
export function reportPreservation(
  fates: readonly ColumnFate[],
  declared: readonly DeclaredContentChange[],
  readsBack: (fate: ColumnFate) => boolean | undefined,
): PreservationReport {
  const isKept = (fate: ColumnFate) => fate.fate === 'kept' || fate.fate === 'moved' || (fate.fate === 'changed' && readsBack(fate) === true);
  const kept = fates.filter(isKept);
  const tables = new Map(
    kept.flatMap(({ table, to }) => (to === undefined || to.table.name === table.name || to.table.oid !== table.oid ? [] : [[table, to.table]])),
  );
  const renamed = [...tables].map(
    ([table, to]): FollowedValues => ({ kind: 'table', name: table.name, to: to.name, outcome: 'preserved', values: table.rows }),
  );
  const columns = fates
    .filter((fate) => !(fate.fate === 'kept' && (fate.to === undefined || fate.to.column.name === fate.column.name)))
    .map((fate): FollowedValues => {
      const declaration = isKept(fate) ? undefined : declarationOf(declared, fate);
      const how = howKnown(fate);
      return {
        kind: 'column',
        name: nameOf(fate),
        ...(fate.to !== undefined && { to: nameOf(fate.to) }),
        outcome: isKept(fate) ? 'preserved' : fate.fate === 'lost' ? 'lost' : 'changed',
        values: fate.column.values,
        ...(isKept(fate) && how !== undefined && { how }),
        ...(declaration !== undefined && { declared: { reason: declaration.reason, by: declaration.by ?? 'data.contentChanges' } }),
      };
    });
  return { columns: kept.length, values: kept.reduce((sum, { column }) => sum + column.values, 0), followed: [...renamed, ...columns] };
}

function howKnown({ fate, column, to }: ColumnFate): string | undefined {
  const retyped = to !== undefined && to.column.type !== column.type;
  if (fate === 'changed' || (fate === 'moved' && retyped)) return `read back as ${column.type}`;
  return fate === 'moved' ? 'found by their hash in a new column' : undefined;
}

function nameOf({ table, column }: Pick<ColumnFate, 'table' | 'column'>): string {
  return `${table.name}.${quoteIdentifier(column.name)}`;
}
