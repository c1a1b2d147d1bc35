import type { ObjectsPlanReport } from '../../core/objects-report.ts';
import type { TablesPlan } from '../../core/sync.ts';
import { showBytes, showCountOf, showInstant } from '../measures.ts';
import { visible } from '../visible-text.ts';
import { planCells, planHeads, tellCarried } from './table-words.ts';

/** What a sync would do, as lines for a terminal. Nothing of a value stands in it. */
export function renderSyncPlan(plan: { readonly tables?: TablesPlan; readonly objects?: ObjectsPlanReport; readonly neutralisers: readonly string[] }): string {
  return [
    ...(plan.tables === undefined ? [] : tableLines(plan.tables)),
    ...(plan.objects === undefined ? [] : objectLines(plan.objects)),
    ...(plan.neutralisers.length === 0 ? [] : ['', `Neutralised by: ${plan.neutralisers.join(', ')}`]),
    '',
    'Nothing was changed.',
  ]
    .map((line) => (line === '' ? line : visible(line)))
    .join('\n');
}

function tableLines({ production, staging, dataAsOf, constraints, transactions, tables, refused, leftOut, skew }: TablesPlan): readonly string[] {
  return [
    `Production: ${production.address}, PostgreSQL ${production.serverVersion}, as of ${showInstant(dataAsOf)}`,
    `Staging:    ${staging.address}, PostgreSQL ${staging.serverVersion}`,
    ...staging.proof.map((sentence) => `            ${sentence}`),
    '',
    ...columns([planHeads, ...tables.map(planCells)]),
    ...tables.flatMap(({ table, converted, masked, notes }) => [
      ...converted.map((column) => `  ${table}.${tellCarried(column)}`),
      ...(masked.length === 0 ? [] : [`  ${table}: masked ${masked.join(', ')}`]),
      ...notes.map((note) => `  ${table}: ${note}`),
    ]),
    ...(refused.length === 0 ? [] : ['', `${showCountOf(refused.length, 'table')} can’t be synced:`]),
    ...refused.flatMap(({ table, reasons }) => reasons.flatMap(({ reason, cure }) => [`  ${table}: ${reason}`, `    → ${cure}`])),
    ...(leftOut.length === 0 ? [] : ['', 'Left as they are:', ...leftOut.map(({ table, why }) => `  ${table}: ${why}`)]),
    ...(skew.length === 0 ? [] : ['', 'The schemas differ:', ...skew.map((sentence) => `  ${sentence}`)]),
    '',
    `Constraints: ${constraints}.`,
    ...transactions.map((group) => `One transaction: ${group.join(', ')}`),
  ];
}

function objectLines({ source, target, copy, surplus, refused, batch }: ObjectsPlanReport): readonly string[] {
  const amount = ({ objects, bytes }: { readonly objects: number; readonly bytes: number }) => `${showCountOf(objects, 'object')}, ${showBytes(bytes)}`;
  const all = Object.values(copy).reduce((sum, one) => ({ objects: sum.objects + one.objects, bytes: sum.bytes + one.bytes }), { objects: 0, bytes: 0 });
  return [
    '',
    `Objects in production: ${amount(source)}`,
    `Objects on staging:    ${amount(target)}`,
    `To copy:               ${amount(all)}${batch ? ', by a job of S3 Batch Operations' : ''}`,
    ...(surplus.objects === 0 ? [] : [`Only on staging:       ${amount(surplus)}, ${surplus.asked ? 'to be deleted' : 'left there'}`]),
    ...(refused.objects === 0 ? [] : [`Can’t be read:         ${amount(refused)}`]),
  ];
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`.trimEnd());
}

/** What became of each table, as lines for a terminal. */
export function resultLines(cells: readonly (readonly string[])[]): readonly string[] {
  return columns(cells);
}
