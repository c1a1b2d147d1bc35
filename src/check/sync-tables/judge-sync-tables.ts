import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { SyncedTable, TablesPlan, TablesReport } from '../../core/sync.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { syncTablesAbout } from './about.ts';

/**
 * Whether all that was asked for came to staging. Each table was proven before it was committed, so that this judges what is told of it. Pure.
 *
 * Nothing that came, or not one row, proves nothing: the source may be the wrong one.
 */
export function judgeSyncTables(report: TablesReport, plan: TablesPlan, startedAt = performance.now()): CheckOutcome {
  const { tables } = report;
  const synced = tables.filter(({ outcome }) => outcome === 'synced');
  const kept = tables.filter(({ outcome }) => outcome === 'kept');
  const lacking = tables.filter(({ outcome }) => outcome !== 'synced' && outcome !== 'kept');
  const findings = lacking.map((table) => findingOf(table, plan));
  const rows = synced.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  const masked = synced.some((table) => table.masked.length > 0);
  const keptWords = kept.length === 0 ? '' : `; ${showCount(kept.length, 'table')} kept its own rows`;
  return conclude({
    gate: syncTablesAbout.check,
    phase: syncTablesAbout.phase,
    required: true,
    couldFail: rows > 0 && synced.every(({ proof }) => proof !== undefined),
    proof: rows > 0 ? `${showCount(synced.length, 'table')} compared with production within the transaction that filled it` : 'not one row came',
    summary:
      lacking.length === 0
        ? `${synced.length} of ${tables.length} tables synced, ${showCount(rows, 'row')}${masked ? ', masked as configured' : ''}${keptWords}.`
        : `${synced.length} of ${tables.length} tables synced; not: ${lacking.map(({ table }) => table).join(', ')}${keptWords}.`,
    findings,
    startedAt,
  });
}

function findingOf(table: SyncedTable, plan: TablesPlan): Finding {
  const object = { kind: 'table', name: table.table };
  const reasons = plan.refused.find((one) => one.table === table.table)?.reasons ?? [];
  const holds =
    table.holds === undefined
      ? 'What it holds could not be counted.'
      : table.outcome === 'unknown'
        ? `Staging’s table has ${table.holds} rows: its old ones, or all of production’s.`
        : `Staging’s table has its ${table.holds} old rows.`;
  const place = [table.column === undefined ? undefined : `column ${table.column}`, table.line === undefined ? undefined : `row ${table.line}`].filter(Boolean);
  return {
    id: findingId(syncTablesAbout.check, object, table.outcome),
    check: syncTablesAbout.check,
    phase: syncTablesAbout.phase,
    severity: 'blocker',
    rootCause: causeOf(table),
    object,
    title: `${table.table} was not synced: ${table.reason ?? table.outcome}`,
    detail: [
      ...(place.length === 0 ? [] : [`Where: ${place.join(', ')}.`]),
      ...(reasons.length > 1 ? reasons.map(({ reason, cure }) => `${reason}. ${cure}`) : []),
      holds,
    ].join('\n'),
    ...(table.sqlstate === undefined
      ? {}
      : { sql: { sqlstate: table.sqlstate, message: table.reason ?? '', ...(table.column === undefined ? {} : { column: table.column }) } }),
    cure: table.cure ?? syncTablesAbout.cure,
  };
}

function causeOf({ outcome, sqlstate, reason }: SyncedTable): RootCause {
  if (sqlstate?.startsWith('08') || sqlstate?.startsWith('57P')) return 'connection';
  if (sqlstate === '42501') return 'privileges';
  if (sqlstate === '55P03') return 'lock';
  // Disk, memory, connections, files: https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (sqlstate !== undefined && /^(53|58)/.test(sqlstate)) return 'environment';
  if (outcome === 'refused') return reason?.includes('reads as empty') ? 'data-volume' : 'structural-parity';
  if (outcome === 'undone') return 'dependency-order';
  return sqlstate === undefined ? 'fidelity' : 'sql-error';
}
