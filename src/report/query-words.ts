import type { QueriesReport, QueryState } from '../core/queries.ts';
import { showCount, showCountOf } from './measures.ts';

/** Which application's queries, on which schema. */
export const directionWords: Readonly<Record<QueriesReport['direction'], string>> = {
  'old-on-new': 'Today’s application on the migrated schema',
  'new-on-old': 'The next application on the schema before migrating',
};

export const stateWords: Readonly<Record<QueryState, string>> = {
  broken: 'fails',
  regressed: 'slower',
  changed: 'other result',
  unusable: 'not tried',
  ignored: 'ignored',
  fine: 'works',
};

/** `41 work, 1 fails, 3 not tried`: the good news first. */
export function countsOfQueries({ counts }: QueriesReport): string {
  const works = counts.fine + counts.changed + counts.regressed;
  const parts: readonly (readonly [number, string])[] = [
    [counts.broken, counts.broken === 1 ? 'fails' : 'fail'],
    [counts.changed, counts.changed === 1 ? 'gives another result' : 'give another result'],
    [counts.regressed, counts.regressed === 1 ? 'has a much worse plan' : 'have a much worse plan'],
    [counts.unusable, 'could not be tried'],
    [counts.ignored, counts.ignored === 1 ? 'is ignored' : 'are ignored'],
  ];
  return [
    `${showCountOf(works, 'query works', 'queries work')}`,
    ...parts.flatMap(([count, what]) => (count === 0 ? [] : [`${showCount(count)} ${what}`])),
  ].join(', ');
}

/** How often production runs a query in an hour. */
export function showCalls(callsPerHour: number): string {
  return callsPerHour < 1 ? '< 1' : showCount(Math.round(callsPerHour));
}

/** One line of a comment or a terminal. */
export function queriesSentence(report: QueriesReport): string {
  return `${directionWords[report.direction]}: ${countsOfQueries(report)}`;
}
