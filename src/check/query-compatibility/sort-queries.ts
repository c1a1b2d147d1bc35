import { compareTrials, type TrialComparison } from './compare-trials.ts';
import type { ComparedQuery } from './queries-input.ts';

/** A query with what became of it. */
export interface SortedQuery {
  readonly compared: ComparedQuery;
  readonly state: 'broken' | 'misdirected' | 'undecided' | 'changed' | 'unusable' | 'ignored' | 'fine';
  /** A clause; empty where it is fine. */
  readonly why: string;
  readonly comparison?: TrialComparison;
}

const order: readonly SortedQuery['state'][] = ['broken', 'misdirected', 'undecided', 'changed', 'unusable', 'ignored', 'fine'];

/** Says of each query what became of it: the worst first, of these the most frequent. Pure. */
export function sortQueries(queries: readonly ComparedQuery[]): readonly SortedQuery[] {
  return queries
    .map(stateOf)
    .sort(
      (a, b) =>
        order.indexOf(a.state) - order.indexOf(b.state) ||
        (b.compared.query.callsPerHour ?? 0) - (a.compared.query.callsPerHour ?? 0) ||
        (a.compared.query.id < b.compared.query.id ? -1 : 1),
    );
}

function stateOf(compared: ComparedQuery): SortedQuery {
  const { known, other, ignored } = compared;
  if (ignored !== undefined) return { compared, state: 'ignored', why: ignored };
  if (known.kind === 'failed') return { compared, state: 'unusable', why: `${known.sql.message} (SQLSTATE ${known.sql.sqlstate})` };
  if (other === undefined) return { compared, state: 'unusable', why: 'it wasn’t tried on the other schema' };
  const comparison = compareTrials(known, other);
  switch (comparison.kind) {
    case 'fine':
      return { compared, state: 'fine', why: '', comparison };
    case 'misdirected':
      return { compared, state: 'misdirected', why: comparison.what, comparison };
    case 'changed':
      return { compared, state: 'changed', why: comparison.what.join('; '), comparison };
    case 'broken':
    case 'undecided':
      return { compared, state: comparison.kind, why: `${comparison.sql.message} (SQLSTATE ${comparison.sql.sqlstate})`, comparison };
  }
}
