import type { RecordSettings } from '../config/schema.ts';
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
  /** The settings of `record.limits` that it goes by. */
  readonly limits?: readonly (keyof RecordSettings['limits'])[];
  /** Where the code of its safe way belongs: in place of what was found, or before or after it. Absent where it gives none. */
  readonly way?: 'instead' | 'before' | 'after';
  /** What it can ask, where it asks several things. */
  readonly kinds?: readonly { readonly kind: string; readonly says: string }[];
  /** What its rules and limits rest on. */
  readonly sources?: readonly CheckSource[];
}

/** A fact, and where it is written. */
export interface CheckSource {
  readonly says: string;
  readonly url: string;
}
