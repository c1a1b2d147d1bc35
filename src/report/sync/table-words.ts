import type { CarriedColumn, SyncedTable, TableOutcome, TablePlanned } from '../../core/sync.ts';
import { showBytes, showCount, showDuration } from '../measures.ts';

export const tableOutcomeWords: Readonly<Record<TableOutcome, string>> = {
  synced: 'synced',
  kept: 'kept its rows',
  failed: 'failed',
  refused: 'refused',
  undone: 'undone',
  'not-reached': 'not reached',
  unknown: 'unknown',
};

/** A result row for people: table, what became of it, rows, bytes, time, what staging holds now. */
export function resultCells(table: SyncedTable): readonly string[] {
  return [
    table.table,
    tableOutcomeWords[table.outcome],
    table.rows === undefined ? '' : showCount(table.rows),
    table.bytes === undefined ? '' : showBytes(table.bytes),
    table.durationMs === undefined ? '' : showDuration(table.durationMs),
    table.holds === undefined ? 'unknown' : showCount(table.holds),
    table.sqlstate ?? '',
    placeWords(table),
  ];
}

export const resultHeads = ['Table', 'Outcome', 'Rows', 'Bytes', 'Time', 'Holds now', 'SQLSTATE', 'Where'] as const;

function placeWords({ column, line }: SyncedTable): string {
  return [column === undefined ? undefined : `column ${column}`, line === undefined ? undefined : `row ${line}`]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** @example tellCarried({ column: 'value', from: 'numeric', to: 'jsonb', how: 'each value as JSON (to_jsonb)' }) */
export function tellCarried({ column, from, to, how }: CarriedColumn): string {
  return from === undefined ? `${column} (${to}): ${how}` : `${column}: ${from} → ${to}, ${how}`;
}

/** A row of the plan. */
export function planCells({ table, mode, rows, bytes, rowsThere, columns }: TablePlanned): readonly string[] {
  return [table, mode, rows < 0 ? 'unknown' : `~${showCount(rows)}`, showBytes(bytes), `~${showCount(rowsThere)}`, showCount(columns)];
}

export const planHeads = ['Table', 'Mode', 'Rows', 'Bytes', 'On staging', 'Columns'] as const;
