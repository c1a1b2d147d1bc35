import type { FailureCode } from '../core/failure-catalogue.ts';

/** What a state of something in a cloud means to whoever waits for it. */
export type StateMeaning =
  /** Passes by itself. */
  | { readonly is: 'waiting' }
  /** Can be used. */
  | { readonly is: 'ready' }
  /** Never becomes usable, and can only be deleted. */
  | { readonly is: 'failed'; readonly code: FailureCode; readonly why: string; readonly cure?: string }
  /** Stays so until somebody does something about it, which nobody will: it is given up as if it had failed. */
  | { readonly is: 'stuck'; readonly code: FailureCode; readonly why: string; readonly cure?: string }
  /** Is being deleted. */
  | { readonly is: 'leaving' };

/** The states of one sort of thing, by the names that the cloud gives them. */
export type StateTable = Readonly<Record<string, StateMeaning>>;

/** A state that isn't in the table is newer than it: it is waited for, and a wait that takes too long names it. */
export function meaningOf(states: StateTable, status: string): StateMeaning {
  return states[status] ?? { is: 'waiting' };
}
