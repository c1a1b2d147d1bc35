/**
 * What the flight recorder saw of one statement. A value that could not be read is `unobserved`, never zero.
 */
export type Observed<T> = { readonly state: 'observed'; readonly value: T } | { readonly state: 'unobserved'; readonly reason: string };

export interface LockSeen {
  readonly object: string;
  readonly mode: string;
  readonly heldMs: number;
}

export interface Observation {
  readonly migration: string;
  readonly statementIndex: number;
  readonly locks: Observed<readonly LockSeen[]>;
  readonly rewritten: Observed<readonly string[]>;
  readonly scanned: Observed<readonly string[]>;
  readonly walBytes: Observed<number>;
  readonly waitedMs: Observed<number>;
}
