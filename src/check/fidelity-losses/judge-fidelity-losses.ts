import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { fidelityLosses } from './about.ts';

export interface FidelityLossesInput {
  readonly losses: readonly FidelityLoss[];
  readonly accepted: readonly { readonly object: string; readonly reason: string }[];
  /** How many statements and objects the copy restored: without any, nothing could have been lost. */
  readonly restored: number;
}

/** Each loss is a doubt: what is rehearsed on a clone without it proves nothing of production. One that the team accepted is a note. */
export function judgeFidelityLosses({ losses, accepted, restored }: FidelityLossesInput): CheckOutcome {
  const startedAt = performance.now();
  const reasons = new Map(accepted.map(({ object, reason }) => [object, reason]));
  const findings = losses.map((loss) => findingOf(loss, reasons.get(loss.object.name)));
  const doubts = findings.filter(({ severity }) => severity === 'doubt').length;
  const waived = findings.length - doubts;
  return conclude({
    gate: 'fidelity-losses',
    phase: fidelityLosses.phase,
    required: true,
    couldFail: restored > 0,
    proof: `${showCount(restored, 'table')} restored, every error of the restore classified`,
    summary:
      doubts === 0
        ? `Nothing was lost${waived === 0 ? '' : ` but ${waived} that the team accepts`}.`
        : `${showCount(doubts, 'thing')} of production could not be brought over.`,
    findings,
    startedAt,
  });
}

function findingOf({ object, message, cure, sqlstate, statement }: FidelityLoss, accepted: string | undefined): Finding {
  return {
    id: findingId(fidelityLosses.check, object),
    check: fidelityLosses.check,
    phase: fidelityLosses.phase,
    severity: accepted === undefined ? 'doubt' : 'note',
    rootCause: 'fidelity',
    object,
    title: message,
    ...(accepted === undefined ? {} : { detail: `Accepted: ${accepted}` }),
    ...(sqlstate === undefined ? {} : { sql: { sqlstate, message, ...(statement === undefined ? {} : { statement }) } }),
    cure,
  };
}
