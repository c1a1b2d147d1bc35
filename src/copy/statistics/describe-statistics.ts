import type { StatisticsFacts } from '../../core/source-facts.ts';

/**
 * Where a copy's planner statistics come from, as a line of its progress.
 *
 * @example describeStatistics(facts) // planner statistics: production's own for 12 tables; 1 analysed (columns are masked, and statistics hold values)
 */
export function describeStatistics({ carried, analysed }: StatisticsFacts): string {
  const others = analysed.map(({ why, tables }) => `; ${tables.length} analysed (${why})`);
  return `planner statistics: production's own for ${carried.length} ${carried.length === 1 ? 'table' : 'tables'}${others.join('')}`;
}
