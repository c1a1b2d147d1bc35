import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { RetryRehearsal } from '../../core/traffic.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { untried } from '../untried.ts';
import { lockRetries as about } from './about.ts';

export interface LockRetriesInput {
  /** What was rehearsed because the team asked for it. */
  readonly rehearsals: readonly RetryRehearsal[];
  /** Why one could not be rehearsed at all. */
  readonly trouble?: Failure;
}

/**
 * Judges what a lock_timeout with retries would have done: the gate `lock-retries`. A pure function. Of several lock_timeouts one that gets through is enough: the
 * others are warnings.
 *
 * @example judgeLockRetries({ rehearsals })
 */
export function judgeLockRetries({ rehearsals, trouble }: LockRetriesInput): CheckOutcome {
  const startedAt = performance.now();
  const best = rehearsals.find(({ outcome }) => outcome === 'succeeded');
  const findings = [
    ...rehearsals.flatMap((one) => (one.outcome === 'succeeded' ? [] : [findingOf(one, best === undefined ? 'blocker' : 'warning')])),
    ...(trouble === undefined ? [] : [untriedRetries(trouble)]),
  ];
  const tries = rehearsals.reduce((sum, { attempts }) => sum + attempts, 0);
  return conclude({
    gate: about.check,
    phase: about.phase,
    required: true,
    couldFail: tries > 0,
    proof: tries > 0 ? `${tries === 1 ? '1 try' : `${tries} tries`} under traffic, on ${showCount(rehearsals.length, 'clone')}` : 'nothing was tried',
    summary: best === undefined ? `${(findings[0]?.title ?? 'Nothing was tried').replace(/\.$/, '')}.` : `${describe(best)}.`,
    findings,
    startedAt,
  });
}

/** @example 'lock_timeout = 500 ms went through at try 3, in 3.2 s; the longest stall was 520 ms' */
function describe({ lockTimeoutMs, attempts, durationMs, worstStallMs }: RetryRehearsal): string {
  return `lock_timeout = ${lockTimeoutMs} ms went through at try ${attempts}, in ${showDuration(durationMs)}; the longest stall was ${showDuration(worstStallMs)}`;
}

function findingOf(rehearsal: RetryRehearsal, severity: Severity): Finding {
  const { lockTimeoutMs, retries, attempts, outcome, why, durationMs } = rehearsal;
  const object = { kind: 'setting', name: `lock_timeout ${lockTimeoutMs}` };
  const policy = `lock_timeout = ${lockTimeoutMs} ms and ${retries === 1 ? 'one retry' : `${retries} retries`}`;
  return {
    id: findingId(about.check, object),
    check: about.check,
    phase: about.phase,
    severity,
    rootCause: 'lock',
    object,
    title:
      outcome === 'gave-up'
        ? `With ${policy} the migrations would not have got through: the deploy gives up after ${showDuration(durationMs)}`
        : `With ${policy} the migrations fail at try ${attempts}${why === undefined ? '' : `: ${why}`}`,
    detail:
      outcome === 'gave-up'
        ? `Rehearsed on a clone of its own under the same traffic: all ${attempts} tries ended with lock_not_available (55P03).`
        : attempts > 1
          ? 'Rehearsed on a clone of its own under the same traffic. What an earlier try left behind is in the way of the next: such migrations can’t simply be tried again.'
          : 'Rehearsed on a clone of its own under the same traffic.',
    cure: about.cure,
  };
}

function untriedRetries(trouble: Failure): Finding {
  const object = { kind: 'setting', name: 'traffic.retries' };
  return {
    id: findingId(about.check, object, 'untried'),
    check: about.check,
    phase: about.phase,
    severity: 'doubt',
    rootCause: 'environment',
    object,
    ...untried('What a lock_timeout with retries would have done could not be rehearsed', trouble),
  };
}
