import type { Finding } from './finding.ts';
import type { GateResult } from './gate.ts';

/** What every check returns: its gate and what it found. */
export interface CheckOutcome {
  readonly gate: GateResult;
  readonly findings: readonly Finding[];
}
