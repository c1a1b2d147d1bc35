import type { RootCause } from '../root-cause.ts';

/**
 * How a failure ends a run: `usage` (exit 2), `inconclusive` (3, or 4 for connection, authentication, tls and environment),
 * `blocker` (1) or `leftover` (5).
 */
export type FailureEnding = 'usage' | 'inconclusive' | 'blocker' | 'leftover';

export interface FailureEntry {
  readonly title: string;
  readonly rootCause: RootCause;
  readonly ending: FailureEnding;
  readonly cure: string;
}

/** `entry(ending, rootCause, title, cure)`: one line where it fits. */
export const entry = (ending: FailureEnding, rootCause: RootCause, title: string, cure: string): FailureEntry => ({ ending, rootCause, title, cure });
