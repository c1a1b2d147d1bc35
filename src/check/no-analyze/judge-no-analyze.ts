import type { RecordedStatement } from '../../core/recording.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { noAnalyze } from './about.ts';

export const noAnalyzeCheck: RecordingCheck = { about: noAnalyze, rootCause: 'lock', judge: judgeAnalyses };

interface Change {
  rows: number;
  retyped: boolean;
  readonly statements: RecordedStatement[];
}

/** Tables of which the migration changed a large share, or a column's type (which forgets its statistics), and that nobody analysed since. */
function judgeAnalyses(run: RecordedRun): readonly Sighting[] {
  const { backfillPercent, smallTableRows } = run.settings.limits;
  return [...changesByTable(run).entries()].flatMap(([table, { rows, retyped, statements }]): readonly Sighting[] => {
    const after = run.tableAfter(table);
    const last = statements.at(-1);
    const rowsBefore = run.sizeOf([table]).rows ?? 0;
    const large = rows > smallTableRows && rows >= (rowsBefore * backfillPercent) / 100;
    if (after === undefined || last === undefined || (!large && !(retyped && !run.isSmall([table]))) || isAnalysed(run, table, last)) return [];
    const what = large
      ? `${showCount(rows, 'row')} of ${after.name} were written`
      : `A column of ${after.name} got another type, which forgets its statistics,`;
    return [
      {
        weight: 'full',
        object: { kind: 'table', name: after.name },
        title: `${what} and the table was not analysed afterwards`,
        detail: `The last statement that did so: ${showStatement(last)}.${rowsBefore === 0 ? '' : ` The table had ${showCount(Math.round(rowsBefore), 'row')} before.`}`,
        statement: last,
        safeWay: { statements: [`analyze ${after.name}`], notes: [] },
      },
    ];
  });
}

function changesByTable(run: RecordedRun): ReadonlyMap<number, Change> {
  const changes = new Map<number, Change>();
  for (const statement of run.recording.statements) {
    if (run.transaction(statement.transaction)?.outcome !== 'committed') continue;
    const change = (table: number) => {
      const known = changes.get(table) ?? { rows: 0, retyped: false, statements: [] };
      changes.set(table, known);
      if (known.statements.at(-1) !== statement) known.statements.push(statement);
      return known;
    };
    for (const { relation, inserted, updated, deleted } of statement.written ?? []) change(run.tableOf(relation)).rows += inserted + updated + deleted;
    for (const { relation, reasons } of statement.rewrites ?? []) if (reasons.includes('type')) change(run.tableOf(relation)).retyped = true;
  }
  return changes;
}

/**
 * After the last change, or inside of something else (a function, DO), the time of which isn't told and has the benefit of the doubt. Autovacuum's analyses
 * don't count: in production they come later.
 */
function isAnalysed(run: RecordedRun, table: number, last: RecordedStatement): boolean {
  if ((run.tableAfter(table)?.analyses ?? 0) <= (run.tableBefore(table)?.analyses ?? 0)) return false;
  const byHand = run.recording.statements.filter(({ tag, error }) => error === undefined && (tag === 'ANALYZE' || tag === 'VACUUM'));
  return byHand.length === 0 || byHand.some(({ id }) => id > last.id);
}
