import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { AnchorParity } from '../../core/lineage.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { approvedStructure } from './about.ts';
import type { TypedDeviation } from './part-parities.ts';

export interface ApprovedInput {
  readonly parity: AnchorParity;
  readonly deviations: readonly (TypedDeviation & { readonly name: string })[];
  /** Where both structures were not read in the same way, expressions may be written otherwise: a difference is then a doubt. */
  readonly readOtherwise: boolean;
}

/** Is production's structure what it was in the approved run? */
export function judgeApproved({ parity, deviations, readOtherwise }: ApprovedInput): CheckOutcome {
  const startedAt = performance.now();
  const findings = deviations.map((deviation): Finding => {
    const { kind, name, property, production, expected } = deviation;
    const object = { kind, name };
    return {
      id: findingId(approvedStructure.check, object, property),
      check: approvedStructure.check,
      phase: approvedStructure.phase,
      severity: readOtherwise ? 'doubt' : 'blocker',
      rootCause: 'structural-parity',
      object,
      title: titleOf(deviation, parity.label),
      expected: expected ?? '(none)',
      actual: production ?? '(none)',
      cure: approvedStructure.cure,
    };
  });
  const compared = parity.parts.filter(({ part }) => part !== 'defaults').reduce((sum, part) => sum + part.compared, 0);
  return conclude({
    gate: 'approved-evidence',
    phase: 'lineage',
    required: true,
    couldFail: compared > 0,
    proof: `${showCount(compared, 'object')} held against the sealed structure of ${parity.label}`,
    summary:
      findings.length === 0
        ? `Production’s structure is that of ${parity.label}: ${showCount(compared, 'object')} compared.`
        : `Production’s structure is not that of ${parity.label}: ${showCount(findings.length, 'deviation')}.`,
    findings,
    startedAt,
  });
}

function titleOf({ kind, name, property, production, expected }: ApprovedInput['deviations'][number], label: string): string {
  if (property === undefined) {
    return production === undefined
      ? `Production has no ${kind} ${name} any more; ${label} had one.`
      : `Production has a ${kind} ${name} that ${label} hadn’t.`;
  }
  return `The ${property} of ${kind} ${name} is ${production ?? 'not set'} in production; in ${label} it was ${expected ?? 'not set'}.`;
}
