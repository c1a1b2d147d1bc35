import { newColumnWay } from '../recording/new-column-way.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import type { ColumnFacts, KeyFacts } from '../recording/recording-facts.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { integerKey } from './about.ts';

export const integerKeyCheck: RecordingCheck = { about: integerKey, rootCause: 'lock', judge: (run) => [...judgeKeys(run), ...judgeReferences(run)] };

const narrow: Readonly<Record<string, number>> = { smallint: 32_767, integer: 2_147_483_647 };

/** Keys of all tables whose values are used up beyond the limit; of tables that the migration doesn't touch it is only noted. */
function judgeKeys(run: RecordedRun): readonly Sighting[] {
  return run.after.keys.flatMap((key): readonly Sighting[] => {
    const [column] = run.columnsOf(key.table, [key.column]);
    if (key.last === undefined || key.cycles || column === undefined || isNearer(run, key)) return [];
    return told(run, key.table, column, key.last, key.max, `Sequence ${key.sequence} has given out ${key.last.toLocaleString('en-US')}`);
  });
}

/** Columns that are narrower than the key that they refer to: that key grows on while they can't. */
function judgeReferences(run: RecordedRun): readonly Sighting[] {
  return run.after.constraints.flatMap(({ table, columns, references, parent }): readonly Sighting[] => {
    if (references === undefined || parent !== undefined) return [];
    return columns.flatMap((number, at) => {
      const [column] = run.columnsOf(table, [number]);
      const key = run.after.keys.find((one) => one.table === references.table && one.column === references.columns[at]);
      const max = narrow[column?.type ?? ''];
      if (column === undefined || key?.last === undefined || max === undefined || max >= key.max) return [];
      return told(
        run,
        table,
        column,
        key.last,
        max,
        `It refers to a wider key, whose sequence ${key.sequence} has given out ${key.last.toLocaleString('en-US')}`,
      );
    });
  });
}

/** Of two sequences behind one column the one that is nearer to its end counts. */
function isNearer(run: RecordedRun, key: KeyFacts): boolean {
  return run.after.keys.some(
    (other) => other !== key && other.table === key.table && other.column === key.column && (other.last ?? 0) / other.max > (key.last ?? 0) / key.max,
  );
}

function told(run: RecordedRun, table: number, column: ColumnFacts, last: number, max: number, what: string): readonly Sighting[] {
  const percent = (last / max) * 100;
  if (percent < run.settings.limits.keyUsedPercent) return [];
  const name = run.tableAfter(table)?.name ?? run.nameOf(table);
  const statement = run.recording.statements.find((one) => one.locks?.some(({ relation }) => run.tableOf(relation) === table));
  const bound = narrow[column.type] === max ? `${column.type} ends at` : 'the sequence ends at';
  return [
    {
      weight: statement === undefined ? 'least' : 'full',
      object: { kind: 'column', name: `${name}.${column.name}` },
      title: `${name}.${column.name} has used up ${Math.floor(percent)} % of its values`,
      detail: `${what}; ${bound} ${max.toLocaleString('en-US')}, so ${showCount(Math.max(0, max - last), 'value')} are left.${statement === undefined ? '' : ` The migration works on this table: ${showStatement(statement)}.`}`,
      ...(statement === undefined ? {} : { statement }),
      ...(narrow[column.type] === undefined || run.tableBefore(table) === undefined ? {} : { safeWay: newColumnWay(run, table, column.name, 'bigint') }),
    },
  ];
}
