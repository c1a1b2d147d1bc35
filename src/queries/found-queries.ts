import type { ApplicationQuery } from '../core/queries.ts';

/** Queries of one origin, as they stand there. */
export interface FoundQueries {
  readonly queries: readonly FoundQuery[];
  /** Statements that can't be prepared, counted by their first word. */
  readonly others: Readonly<Record<string, number>>;
  /** What else isn't among them, a clause each. */
  readonly leftOut: readonly string[];
}

/** `from` says where it stands: `queries/orders.sql:12`. */
export interface FoundQuery extends Omit<ApplicationQuery, 'id' | 'from'> {
  readonly from: string;
}
