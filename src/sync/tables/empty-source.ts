import { countOf } from '../../core/count-of.ts';
import type { TableFacts } from './table-facts.ts';

/**
 * Why a table that reads as empty is not believed to be: a clause. Undefined where everything agrees that nothing is there.
 *
 * What the server has seen coming and going counts first: after a DELETE of all rows, dead ones explain why the table still takes space. A standby sees nothing
 * come or go, and has the primary's own count of the last VACUUM or ANALYZE.
 */
export function whyNotEmpty({
  liveRows,
  deadRows,
  estimatedRows,
  pages,
}: Pick<TableFacts, 'liveRows' | 'deadRows' | 'estimatedRows' | 'pages'>): string | undefined {
  if (liveRows > 0) return `production’s statistics count ${countOf(liveRows, 'row')} (pg_stat_all_tables.n_live_tup)`;
  if (deadRows > 0) return undefined;
  if (estimatedRows > 0) return `production’s statistics know of about ${countOf(estimatedRows, 'row')} (pg_class.reltuples)`;
  if (estimatedRows < 0 && pages > 0) return `it takes ${pages} pages on production’s disk, and was never analysed`;
  return undefined;
}
