import type { CheckOutcome } from '../core/check-outcome.ts';
import type { Finding } from '../core/finding.ts';
import type { GateResult, GateRule, GateRuling } from '../core/gate.ts';
import { meansGate } from '../core/gate-names.ts';
import { gateStanding } from './gate-standing.ts';

export type GateRules = readonly GateRule[];

/** Gates that end a run unless the configuration says otherwise: with them, what comes after rests on nothing, or would be done without a way back. */
const stopping: ReadonlySet<string> = new Set(['backup', 'isolation', 'forbidden-errors']);

/**
 * What the configuration makes of a gate and its findings. Applied twice it changes nothing more, and it never makes a gate say that it passed.
 *
 * Findings of an advisory gate only warn; those of a gate that is off are left out.
 *
 * @example ruleOutcome([{ gate: 'invariant:*', as: 'advisory', reason: 'being introduced this quarter' }], outcome)
 */
export function ruleOutcome(rules: GateRules, { gate, findings }: CheckOutcome): CheckOutcome {
  const ruled = ruleGate(rules, gate);
  if (doubtsBlock(rules, ruled)) return blockedByDoubt(ruled, findings);
  if (ruled.ruled === undefined || ruled.ruled.as === 'required') return { gate: ruled, findings };
  if (ruled.ruled.as === 'off') return { gate: ruled, findings: [] };
  return { gate: ruled, findings: findings.map(asAdvice) };
}

/** What the configuration calls the gate of a name; undefined: nothing. */
export function lastRuleOf(rules: GateRules, name: string): GateRule['as'] {
  return lastRule(rules, name)?.as;
}

function lastRule(rules: GateRules, name: string): GateRule | undefined {
  const rule = rules.findLast((one) => (one.as !== undefined || namesWhatStops(one)) && meansGate(one.gate, name));
  return rule?.as === undefined && rule !== undefined ? { ...rule, as: 'required' } : rule;
}

/** Whoever says of the very gate that it stops the run says that it decides: one that only advises would never stop it. */
function namesWhatStops({ gate, as, stops }: GateRule): boolean {
  return stops === true && as === undefined && !gate.includes('*');
}

/** What the configuration makes of a gate. */
export function ruleGate(rules: GateRules, gate: GateResult): GateResult {
  const rule = lastRule(rules, gate.gate);
  if (rule?.as === undefined || gate.ruled !== undefined) return gate;
  const ruled: GateRuling = { as: rule.as, wasRequired: gate.required, ...(rule.reason === undefined ? {} : { reason: rule.reason }) };
  switch (rule.as) {
    case 'required':
      return { ...gate, required: true, ruled };
    case 'advisory':
      return { ...gate, required: false, ruled };
    case 'off':
      return {
        ...{ gate: gate.gate, phase: gate.phase, durationMs: gate.durationMs, ruled },
        ...{ required: false, outcome: 'not-applicable', couldFail: false, proof: 'switched off (gates)', findingIds: [] },
        summary: `Switched off: ${rule.reason ?? 'no reason given'}`,
      };
    default:
      return rule.as satisfies never;
  }
}

/** Whether the deploy is blocked where this gate can't tell. */
function doubtsBlock(rules: GateRules, gate: GateResult): boolean {
  const rule = rules.findLast(({ gate: pattern, inconclusive }) => inconclusive !== undefined && meansGate(pattern, gate.gate));
  return gate.required && rule?.inconclusive === 'blocker';
}

/** Its doubts block, and a gate that was inconclusive of itself has failed: never does this better what it says. */
function blockedByDoubt(gate: GateResult, findings: readonly Finding[]): CheckOutcome {
  const doubtful = gate.outcome === 'inconclusive' || findings.some(({ severity }) => severity === 'doubt');
  if (!doubtful) return { gate, findings };
  const ruled: GateRuling = { ...(gate.ruled ?? { as: 'required', wasRequired: true }), doubtBlocks: true };
  return {
    gate: { ...gate, ruled, outcome: 'failed' },
    findings: findings.map((finding) => (finding.severity === 'doubt' ? { ...finding, severity: 'blocker' } : finding)),
  };
}

/** Whether the run ends with the phase of this gate. Only a required gate that isn't passed ends one. */
export function stopsRun(rules: GateRules, gate: GateResult, itsFindings: readonly Finding[]): boolean {
  if (!gate.required || gateStanding(gate, itsFindings) === 'passed') return false;
  return stopsOf(rules, gate.gate) ?? stopping.has(gate.gate);
}

/** What the configuration says of whether a gate ends the run; undefined: nothing. */
export function stopsOf(rules: GateRules, name: string): boolean | undefined {
  return rules.findLast(({ gate: pattern, stops }) => stops !== undefined && meansGate(pattern, name))?.stops;
}

/** Patterns of gates that the configuration requires and that no gate of a run answered: what was asked for and never judged. */
export function unanswered(rules: GateRules, gates: readonly GateResult[]): readonly string[] {
  const asked = rules.filter((rule) => rule.as === 'required' || namesWhatStops(rule)).map(({ gate }) => gate);
  return [...new Set(asked)].filter((pattern) => !gates.some(({ gate }) => meansGate(pattern, gate)));
}

function asAdvice(finding: Finding): Finding {
  return finding.severity === 'blocker' || finding.severity === 'doubt' ? { ...finding, severity: 'warning' } : finding;
}
