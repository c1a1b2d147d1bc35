import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { Phase } from '../../core/phase.ts';
import { conclude } from '../conclude.ts';
import { untried } from '../untried.ts';
import { smokeCheck as about } from './about.ts';

/** A moment at which nobody tries the application, by the team's own decision: said as such, and never counted as passed. */
export function skippedSmoke(gate: string, phase: Phase, why: string): CheckOutcome {
  return conclude({
    ...{ gate, phase, required: false, couldFail: false, findings: [], notApplicable: true, startedAt: performance.now() },
    proof: 'nothing was tried',
    summary: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`.replace('..', '.'),
  });
}

/** A moment at which the application was to be tried and couldn't be. */
export function untriedSmoke(gate: string, phase: Phase, trouble: Failure): CheckOutcome {
  const object = { kind: 'application', name: gate };
  const finding: Finding = {
    id: findingId(about.check, object, 'untried'),
    check: about.check,
    ...{ phase, severity: 'doubt', rootCause: trouble.rootCause, object },
    ...untried('The application could not be tried', trouble),
  };
  return conclude({
    ...{ gate, phase, required: true, couldFail: false, findings: [finding], startedAt: performance.now() },
    proof: 'nothing was tried',
    summary: `${finding.title}.`,
  });
}
