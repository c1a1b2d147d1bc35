import type { ApplicationQuery, PlannedTable, QueryPlan } from '../../core/queries.ts';

export interface PlansInput {
  readonly policy: 'fail' | 'report';
  /** By how much a cost may grow. */
  readonly factor: number;
  /** Costs below it don't matter. */
  readonly minCost: number;
  /** From so many rows on, reading all of a table matters. */
  readonly largeTableRows: number;
  readonly tables: { readonly before: readonly PlannedTable[]; readonly after: readonly PlannedTable[] };
  /** Queries that could be planned on both schemas. */
  readonly queries: readonly { readonly query: ApplicationQuery; readonly before: QueryPlan; readonly after: QueryPlan }[];
}
