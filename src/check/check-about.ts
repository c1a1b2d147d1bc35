import type { Phase } from '../core/phase.ts';

/** What a check is, as help, documentation pages and `explain` tell it. */
export interface CheckAbout {
  /** Kebab-case; the first part of its findings' ids. */
  readonly check: string;
  readonly phase: Phase;
  /** What it asks, in a sentence. */
  readonly question: string;
  /** What happens in production when the answer is bad. */
  readonly effect: string;
  /** What to do about it. */
  readonly cure: string;
}
