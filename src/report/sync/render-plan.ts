import type { ObjectsPlanReport } from '../../core/objects-report.ts';
import type { SyncedTable, TablesPlan } from '../../core/sync.ts';
import { showBytes, showCountOf, showInstant } from '../measures.ts';
import { columnLines, hanging } from './column-lines.ts';
import { planCells, planHeads, resultCells, resultHeads, tellCarried } from './table-words.ts';

/**
 * What a sync would do, as lines for a terminal. Of a value nothing stands in it but what Postgres says of one that can’t be converted and isn’t masked.
 *
 * @param columns of the terminal
 */
export function renderSyncPlan(
  plan: { readonly tables?: TablesPlan; readonly objects?: ObjectsPlanReport; readonly neutralisers: readonly string[] },
  columns: number,
): string {
  const width = Math.max(40, Math.min(columns, 200));
  return [
    ...(plan.tables === undefined ? [] : tableLines(plan.tables, width)),
    ...(plan.objects === undefined ? [] : objectLines(plan.objects)),
    ...(plan.neutralisers.length === 0 ? [] : ['', ...hanging(`Neutralised by: ${plan.neutralisers.join(', ')}`, width)]),
    '',
    'Nothing was changed.',
  ].join('\n');
}

function tableLines(plan: TablesPlan, width: number): readonly string[] {
  const { production, staging, dataAsOf, constraints, transactions, tables, refused, leftOut, skew } = plan;
  const told = (sentence: string, indent = 2) => hanging(sentence, width, indent);
  return [
    ...told(`Production: ${production.address}, PostgreSQL ${production.serverVersion}`, 0),
    ...told(`As of ${showInstant(dataAsOf)}.`),
    ...told(`Staging: ${staging.address}, PostgreSQL ${staging.serverVersion}`, 0),
    ...staging.proof.flatMap((sentence) => told(sentence)),
    '',
    ...columnLines(
      [planHeads, ...tables.map(planCells)].map((cells) => ({ cells })),
      width,
    ),
    ...tables.flatMap(({ table, converted, masked, notes }) => [
      ...converted.flatMap((column) => told(`${table}.${tellCarried(column)}`)),
      ...(masked.length === 0 ? [] : told(`${table}: masked ${masked.join(', ')}`)),
      ...notes.flatMap((note) => told(`${table}: ${note}`)),
    ]),
    ...(refused.length === 0 ? [] : ['', `${showCountOf(refused.length, 'table')} can’t be synced:`]),
    ...refused.flatMap(({ table, reasons }) => reasons.flatMap(({ reason, cure }) => [...told(`${table}: ${reason}`), ...told(`→ ${cure}`, 4)])),
    ...(leftOut.length === 0 ? [] : ['', 'Left as they are:', ...leftOut.flatMap(({ table, why }) => told(`${table}: ${why}`))]),
    ...(skew.length === 0 ? [] : ['', 'The schemas differ:', ...skew.flatMap((sentence) => told(sentence))]),
    '',
    ...told(`Constraints: ${constraints}.`, 0),
    ...transactions.flatMap((group) => told(`One transaction: ${group.join(', ')}`, 0)),
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

/** What became of each table, as lines for a terminal. What failed has its SQLSTATE and its place below it. */
export function resultLines(tables: readonly SyncedTable[], width: number): readonly string[] {
  const rows = tables.map((table) => {
    const cells = resultCells(table);
    const [sqlstate = '', where = ''] = cells.slice(6);
    const below = [sqlstate === '' ? '' : `SQLSTATE ${sqlstate}`, where].filter((part) => part !== '').join(', ');
    return { cells: cells.slice(0, 6), ...(below === '' ? {} : { below }) };
  });
  return columnLines([{ cells: resultHeads.slice(0, 6) }, ...rows], width);
}
