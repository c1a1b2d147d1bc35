import { type TableHash, tableName } from '../../core/data.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import { showCount } from '../show-count.ts';
import { rowParity } from './about.ts';
import type { Deviation } from './apply-exceptions.ts';

/** Hashes of every column, of both sides. */
export interface ContentHashes {
  readonly source: readonly TableHash[];
  readonly clone: readonly TableHash[];
}

/** How many columns of a table a sentence names. */
const namedColumns = 5;

/**
 * One deviation for each table whose content differs. Tables that one side lacks are left to the comparison of counts.
 *
 * @param severityOf of a table with as many rows on both sides, or not
 */
export function contentDeviations({ source, clone }: ContentHashes, severityOf: (table: TableHash, cloned: TableHash) => Severity): readonly Deviation[] {
  const cloned = new Map(clone.map((table) => [tableName(table), table]));
  return source.flatMap((table) => {
    const other = cloned.get(tableName(table));
    if (other === undefined || isEqual(table, other)) return [];
    return [{ table, columns: changedColumns(table, other).map(({ column }) => column), finding: differing(table, other, severityOf(table, other)) }];
  });
}

function isEqual(left: TableHash, right: TableHash): boolean {
  return left.rows === right.rows && left.rowHash === right.rowHash && left.columns.length === right.columns.length && changedColumns(left, right).length === 0;
}

interface ChangedColumn {
  readonly column: string;
  readonly expected: number;
  readonly actual: number | undefined;
}

function changedColumns(table: TableHash, cloned: TableHash): readonly ChangedColumn[] {
  const others = new Map(cloned.columns.map((column) => [column.column, column]));
  return table.columns.flatMap(({ column, hash, values }) => {
    const other = others.get(column);
    return other?.hash === hash && other.values === values ? [] : [{ column, expected: values, actual: other?.values }];
  });
}

function differing(table: TableHash, cloned: TableHash, severity: Severity): Finding {
  const name = tableName(table);
  const object = { kind: 'table', name };
  const changed = changedColumns(table, cloned);
  const where = changed.length === 0 ? 'values have changed places between rows' : `other values in ${columnNames(changed)}`;
  return {
    id: findingId(rowParity.check, object, 'content'),
    check: rowParity.check,
    phase: rowParity.phase,
    severity,
    rootCause: 'fidelity',
    object,
    title: `${name} holds other content in the clone than in production: ${where}`,
    detail: changed.length === 0 ? 'Each column holds the same values on both sides; rows as wholes don’t.' : changed.map(tellColumn).join('\n'),
    expected: `${showCount(table.rows, 'row')}, hash ${table.rowHash}`,
    actual: `${showCount(cloned.rows, 'row')}, hash ${cloned.rowHash}`,
    cure: rowParity.cure,
  };
}

function columnNames(changed: readonly ChangedColumn[]): string {
  const named = changed.slice(0, namedColumns).map(({ column }) => column);
  return changed.length > namedColumns ? `${named.join(', ')} and ${changed.length - namedColumns} more columns` : named.join(', ');
}

function tellColumn({ column, expected, actual }: ChangedColumn): string {
  if (actual === undefined) return `${column}: not in the clone.`;
  if (actual === expected) return `${column}: ${showCount(expected, 'value')} on both sides, at least one of them another.`;
  return `${column}: ${showCount(actual, 'value')} that are not null in the clone, ${expected.toLocaleString('en-US')} in production.`;
}
