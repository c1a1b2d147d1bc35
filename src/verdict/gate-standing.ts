import type { Finding } from '../core/finding.ts';
import type { GateOutcome, GateResult } from '../core/gate.ts';
import type { Phase } from '../core/phase.ts';
import { unreachable } from '../core/result.ts';
import type { RootCause } from '../core/root-cause.ts';

/**
 * What a required gate counts for, whatever it says of itself: a gate that says `passed` over a blocker finding of its own has
 * failed, and one that passed without having been able to fail, or that didn't apply, has shown nothing.
 */
export function gateStanding(gate: GateResult, itsFindings: readonly Finding[]): Exclude<GateOutcome, 'not-applicable'> {
  if (gate.outcome === 'failed' || itsFindings.some((finding) => finding.severity === 'blocker')) return 'failed';
  if (itsFindings.some((finding) => finding.severity === 'doubt')) return 'inconclusive';
  return gate.outcome === 'passed' && gate.couldFail ? 'passed' : 'inconclusive';
}

/** Why a required gate that is not failed doesn't count as passed, as a sentence. */
export function whyInconclusive(gate: GateResult, itsFindings: readonly Finding[]): string {
  const doubt = itsFindings.find((finding) => finding.severity === 'doubt');
  switch (gate.outcome) {
    case 'passed':
      if (doubt !== undefined) return `Gate ${gate.gate}: ${doubt.title}`;
      return `Gate ${gate.gate} passed, but could not have failed: ${gate.proof}`;
    case 'not-applicable':
      return `Gate ${gate.gate} is required but did not apply: ${gate.summary}`;
    case 'failed':
    case 'inconclusive':
      return `Gate ${gate.gate} is inconclusive: ${gate.summary}`;
    default:
      return unreachable(gate.outcome);
  }
}

/** The root cause of a gate without findings that name one. */
export function gateCause(gate: GateResult): RootCause {
  if (gate.gate === 'isolation') return 'environment';
  if (gate.gate === 'locks' || gate.gate === 'traffic') return 'lock';
  return /^(invariant|pgtap)/.test(gate.gate) ? 'invariant' : phaseCauses[gate.phase];
}

const phaseCauses: Readonly<Record<Phase, RootCause>> = {
  preconditions: 'environment',
  provision: 'environment',
  fidelity: 'fidelity',
  lineage: 'history-edited',
  drift: 'schema-drift',
  migrate: 'sql-error',
  'schema-gate': 'structural-parity',
  'data-gate': 'data-volume',
  compatibility: 'compatibility',
  rollback: 'rollback',
  verdict: 'environment',
};
