import type { Phase } from './phase.ts';

/**
 * What a gate decided. `passed` is only allowed with `couldFail: true`: a gate that could not have failed is `inconclusive`.
 * `not-applicable` needs a reason and never counts as passed.
 */
export type GateOutcome = 'passed' | 'failed' | 'inconclusive' | 'not-applicable';

export const gateRoles = ['required', 'advisory', 'off'] as const;
export type GateRole = (typeof gateRoles)[number];

/** What the configuration made of a gate. */
export interface GateRuling {
  readonly as: GateRole;
  /** Why it doesn't decide. */
  readonly reason?: string;
  /** Whether it would have decided without that. */
  readonly wasRequired: boolean;
  /** It was inconclusive of itself, and the configuration has that block the deploy. */
  readonly doubtBlocks?: true;
}

/** What a configuration says of gates whose name fits `gate`, in which * stands for any text. */
export interface GateRule {
  readonly gate: string;
  readonly as?: GateRole | undefined;
  readonly reason?: string | undefined;
  readonly stops?: boolean | undefined;
  /** What it comes to where the gate is inconclusive. */
  readonly inconclusive?: 'inconclusive' | 'blocker' | undefined;
}

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
  /** Absent: the gate is what it is of itself. */
  readonly ruled?: GateRuling;
  readonly findingIds: readonly string[];
  readonly durationMs: number;
}
