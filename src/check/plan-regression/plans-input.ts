import type { ApplicationQuery, QueryPlan } from '../../core/queries.ts';

/** What the planner goes by, of one table. */
export interface PlannedTable {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** The planner's estimate; negative where it never looked. */
  readonly rows: number;
  readonly bytes: number;
  /** Another one means that the table was written anew. */
  readonly file: string;
  /** Made of its columns, constraints and policies. */
  readonly shape: string;
  /** Usable indexes by name. */
  readonly indexes: readonly string[];
  /** Columns with statistics. */
  readonly analysed: readonly string[];
}

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
