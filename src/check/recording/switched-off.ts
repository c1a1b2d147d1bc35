import type { CheckOutcome } from '../../core/check-outcome.ts';
import { conclude } from '../conclude.ts';

const summaries = {
  locks: 'Switched off (record.enabled): nobody looked at locks, rewrites and scans.',
  traffic: 'Switched off (traffic.enabled): nobody read or wrote while the migrations ran.',
} as const;

/**
 * The gate of something that the team has switched off: it doesn't apply, and is never counted as passed.
 *
 * @example switchedOff('traffic').gate.outcome // 'not-applicable'
 */
export function switchedOff(gate: keyof typeof summaries, summary: string = summaries[gate]): CheckOutcome {
  return conclude({
    gate,
    phase: 'migrate',
    required: false,
    notApplicable: true,
    couldFail: false,
    proof: 'switched off',
    summary,
    findings: [],
    startedAt: performance.now(),
  });
}
