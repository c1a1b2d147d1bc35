import type { Failure } from '../../core/failure.ts';
import type { ApplicationQuery, QueryDirection, QueryTrial } from '../../core/queries.ts';

/** What is known of the application's queries on two schemas. */
export interface QueriesInput {
  readonly direction: QueryDirection;
  /** Where they come from. */
  readonly from: readonly string[];
  readonly leftOut: readonly string[];
  /** What should have been there and could not be had, a clause each. */
  readonly missing: readonly string[];
  readonly weakened: readonly string[];
  /** Why there are none, where nobody asked for any. */
  readonly absent?: string;
  readonly queries: readonly ComparedQuery[];
  /** How it is known that trying a query can fail. */
  readonly ableToFail?: { readonly queryId: string; readonly table: string; readonly sqlstate: string };
  /** What a query that doesn't run on the other schema is. */
  readonly policy: 'fail' | 'report';
  /** What one with another result is. */
  readonly changedResult: 'fail' | 'report';
  /** Rules of the team under which no query fell. */
  readonly unmatchedRules: readonly string[];
  /** Why nothing could be tried. */
  readonly trouble?: Failure;
}

export interface ComparedQuery {
  readonly query: ApplicationQuery;
  /** As which role it was tried; absent: as superuser. */
  readonly role?: string;
  /** On the schema that it is written for: today's queries on the clone before migrating. */
  readonly known: QueryTrial;
  /** On the other schema; absent where it doesn't work on its own. */
  readonly other?: QueryTrial;
  /** Why the team doesn't want it looked at. */
  readonly ignored?: string;
  /** Of a broken one: which migration did it, or why that isn't known. */
  readonly blame?: { readonly migration: string; readonly file: string } | { readonly unknown: string };
}
