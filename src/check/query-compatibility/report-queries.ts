import type { QueriesReport, QueryLine, QueryState } from '../../core/queries.ts';
import type { QueriesInput } from './queries-input.ts';
import { markedQuery, shortQuery } from './query-text.ts';
import { sortQueries } from './sort-queries.ts';

/** Lines of the report's table. */
const shown = 200;

/**
 * The table of queries that the report shows. Pure.
 *
 * @param regressed queries whose plan has become much worse, with a clause that says how
 */
export function reportQueries(input: QueriesInput, regressed: ReadonlyMap<string, string> = new Map()): QueriesReport {
  const lines = sortQueries(input.queries).map(({ compared: { query, role, blame }, state, why, comparison }): QueryLine => {
    const worse = state === 'fine' || state === 'changed' ? regressed.get(query.id) : undefined;
    return {
      id: query.id,
      state: worse !== undefined ? 'regressed' : state === 'undecided' ? 'unusable' : state === 'misdirected' ? 'broken' : state,
      text: comparison?.kind === 'broken' ? markedQuery(comparison.text, comparison.sql) : shortQuery(query.text),
      why: worse ?? why,
      ...(role === undefined ? {} : { role }),
      ...(query.callsPerHour === undefined ? {} : { callsPerHour: query.callsPerHour }),
      ...(blame !== undefined && 'migration' in blame ? { migration: blame.migration } : {}),
      from: query.from,
    };
  });
  const counts: Record<QueryState, number> = { broken: 0, regressed: 0, changed: 0, unusable: 0, ignored: 0, fine: 0 };
  for (const { state } of lines) counts[state]++;
  const states = Object.keys(counts);
  const worst = lines.filter(({ state }) => state !== 'fine').sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  return { direction: input.direction, from: input.from, counts, leftOut: [...input.leftOut, ...input.missing], queries: worst.slice(0, shown) };
}
