import type { Place } from './failure.ts';
import type { ComparisonScope, DifferenceClass, SchemaDifference } from './schema-difference.ts';

/** SQL that would make one side like the other. Never executed: it is shown to a person. */
export interface Advice {
  /** In the order in which they run, without closing semicolons; empty where no statement is known. */
  readonly statements: readonly string[];
  /** Rows or values that the statements throw away: `the values of column public.t.a`. */
  readonly loses?: string;
  /** What to look at before; or why no statement is known. */
  readonly notes: readonly string[];
}

/** A difference that the team has accepted for a while. */
export interface Waived {
  readonly reason: string;
  /** The last day on which it holds, as `2026-12-31` (UTC). */
  readonly expires: string;
}

/** One waiver of the team's file, and what became of it. */
export interface WaiverUse extends Waived {
  /** Qualified name, with `*` for any characters where the team wrote so. */
  readonly object: string;
  readonly property: string;
  readonly kind?: string;
  readonly class?: DifferenceClass;
  readonly place: Place;
  /** How many differences it names. Those of an expired or ambiguous waiver are not waived. */
  readonly matched: number;
  readonly state: 'used' | 'expired' | 'unmatched' | 'ambiguous';
}

/** The migration whose text names an object last. */
export interface TouchedBy {
  readonly migration: string;
  readonly place?: Place;
}

/** A difference with all that a person needs in order to do something about it. */
export interface ExplainedDifference extends SchemaDifference {
  /** The same in every comparison that finds it: `<check>:<kind>:<object>[:<property>]`. */
  readonly id: string;
  /** One sentence. */
  readonly title: string;
  /** What the team's policies make of its class. */
  readonly policy: 'fail' | 'report' | 'ignore';
  readonly waived?: Waived;
  /** Absent: not recorded. */
  readonly touchedBy?: TouchedBy;
  /** What to paste into psql in order to see it. */
  readonly showSql?: string;
  readonly advice: Advice;
}

/** A comparison in the shape in which people read it. Terminal, JSON, Markdown and HTML are functions of this, and of nothing else. */
export interface ExplainedComparison {
  /** How a person calls the sides. */
  readonly left: string;
  readonly right: string;
  /** `same`: nothing that counts differs, and no waiver is at fault. */
  readonly outcome: 'same' | 'different';
  /** One sentence. */
  readonly summary: string;
  /** Security first. */
  readonly differences: readonly ExplainedDifference[];
  readonly waivers: readonly WaiverUse[];
  readonly scope: ComparisonScope;
  /** Set where only some classes were asked for: which, and how many differences of others there are. Those don't count. */
  readonly hidden?: { readonly classes: readonly DifferenceClass[]; readonly differences: number };
  /** All advice as one script. */
  readonly advice: { readonly changes: 'left' | 'right'; readonly script: string; readonly without: number };
}
