import type { Phase } from './phase.ts';

/**
 * What a gate decided. `passed` is only allowed with `couldFail: true`: a gate that could not have failed is `inconclusive`.
 * `not-applicable` needs a reason and never counts as passed.
 */
export type GateOutcome = 'passed' | 'failed' | 'inconclusive' | 'not-applicable';

export interface GateResult {
  /** Kebab-case: `schema-equality`, `row-parity`, `invariant:tenant-isolation`. */
  readonly gate: string;
  readonly phase: Phase;
  /** An advisory gate is reported but doesn't decide the verdict. */
  readonly required: boolean;
  readonly outcome: GateOutcome;
  /** Whether this gate was shown able to fail in this run. */
  readonly couldFail: boolean;
  /** How that is known: "comparison of 412 objects", "policy dropped in a rolled-back transaction: 3,211 rows became visible". */
  readonly proof: string;
  /** One sentence: what was found. */
  readonly summary: string;
  /** What takes from its proof, as a clause: `it reads masked columns: public.users.email (hash)`. */
  readonly weakenedBy?: string;
  /** Set where it looked at some rows only, because the team asked for that. */
  readonly sampledPercent?: number;
  readonly findingIds: readonly string[];
  readonly durationMs: number;
}
