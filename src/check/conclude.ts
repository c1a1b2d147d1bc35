import type { CheckOutcome } from '../core/check-outcome.ts';
import type { Finding } from '../core/finding.ts';
import type { GateOutcome, GateResult } from '../core/gate.ts';

export interface Conclusion extends Pick<GateResult, 'gate' | 'phase' | 'required' | 'couldFail' | 'proof' | 'summary' | 'sampledPercent'> {
  readonly findings: readonly Finding[];
  /** As performance.now() said when the check began. */
  readonly startedAt: number;
  /** There was nothing to ask: the gate doesn't apply, and is never counted as passed. */
  readonly notApplicable?: boolean;
}

/**
 * Makes a gate of what a check found: failed by a blocker, inconclusive by a doubt or when it could not have failed, else passed.
 * Warnings and notes leave a gate as it is.
 */
export function conclude({ findings, startedAt, notApplicable, ...gate }: Conclusion): CheckOutcome {
  const has = (severity: Finding['severity']) => findings.some((finding) => finding.severity === severity);
  const outcome: GateOutcome = has('blocker')
    ? 'failed'
    : notApplicable === true
      ? 'not-applicable'
      : has('doubt') || !gate.couldFail
        ? 'inconclusive'
        : 'passed';
  return { gate: { ...gate, outcome, findingIds: findings.map(({ id }) => id), durationMs: Math.round(performance.now() - startedAt) }, findings };
}
