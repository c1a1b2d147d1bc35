/** Queries of one origin, as they stand there. */
export interface FoundQueries {
  readonly queries: readonly FoundQuery[];
  /** Statements that can't be prepared, counted by their first word. */
  readonly others: Readonly<Record<string, number>>;
  /** What else isn't among them, a clause each. */
  readonly leftOut: readonly string[];
}

export interface FoundQuery {
  readonly text: string;
  /** Where it stands: `queries/orders.sql:12`. */
  readonly from: string;
  readonly callsPerHour?: number;
  readonly roles: readonly string[];
}
