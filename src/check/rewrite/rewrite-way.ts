import type { Advice } from '../../core/explained-comparison.ts';
import type { Rewrite, RewriteReason } from '../../core/recording.ts';
import { newColumnWay } from '../recording/new-column-way.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import { retypedColumns } from '../type-change/retyped-columns.ts';

/** Code that has the same effect without writing the table anew under a lock; undefined where there is none. */
export function rewriteWay(run: RecordedRun, reasons: readonly RewriteReason[], root: number, parts: readonly Rewrite[]): Advice | undefined {
  const name = run.nameOf(root);
  if (reasons.includes('type')) {
    const [column] = retypedColumns(run, root);
    return column === undefined ? undefined : newColumnWay(run, root, column.before.name, column.after.type);
  }
  if (reasons.includes('reindex'))
    return { statements: parts.map(({ relation }) => `reindex index concurrently ${run.nameOf(relation)}`), notes: ['Not inside of a transaction.'] };
  if (reasons.includes('refresh'))
    return {
      statements: [`refresh materialized view concurrently ${name}`],
      notes: ['It needs a unique index on the view, over columns and not expressions.'],
    };
  if (reasons.includes('vacuum-full') || reasons.includes('cluster'))
    return { statements: [`vacuum (analyze) ${name}`], notes: ['That frees space for new rows without giving it back; pg_repack gives it back.'] };
  return undefined;
}
